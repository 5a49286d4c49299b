//! Injections: texts that speak to the model over the head of whoever deployed it.
