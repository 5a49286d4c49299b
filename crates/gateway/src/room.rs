//! Memory that many calls share: each takes its place before it fills it, and where there is none left the
//! call is refused instead of the node being killed.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Places are counted in units of so many bytes.
const UNIT_BYTES: usize = 1_024;

/// A number of bytes to share.
#[derive(Clone, Debug)]
pub(crate) struct Room(Arc<Semaphore>);

/// A part of it, given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Place(OwnedSemaphorePermit);

impl Room {
    pub(crate) fn new(bytes: usize) -> Self {
        let units = (bytes / UNIT_BYTES).min(Semaphore::MAX_PERMITS);
        Self(Arc::new(Semaphore::new(units)))
    }

    /// A place for so many bytes, if there is one.
    pub(crate) fn take(&self, bytes: usize) -> Option<Place> {
        Arc::clone(&self.0).try_acquire_many_owned(units(bytes)).ok().map(Place)
    }
}

impl Place {
    /// Gives back what is not needed after all.
    pub(crate) fn shrink(&mut self, bytes: usize) {
        let spare = self.0.num_permits().saturating_sub(units(bytes) as usize);
        drop(self.0.split(spare));
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT_BYTES)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_taken_is_missing_until_it_is_given_back() {
        let room = Room::new(10 * UNIT_BYTES);
        let mut place = room.take(10 * UNIT_BYTES).unwrap();
        assert!(room.take(1).is_none());
        place.shrink(UNIT_BYTES + 1);
        let other = room.take(8 * UNIT_BYTES).unwrap();
        assert!(room.take(1).is_none());
        drop((place, other));
        assert!(room.take(10 * UNIT_BYTES).is_some());
    }
}
