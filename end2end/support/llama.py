"""llama.cpp's own server with a model of a few hundred kilobytes, whose words mean nothing.

Run as a program, it serves until it is told to stop."""

import signal
import sys
from pathlib import Path

import gguf
import numpy
import xllamacpp

WIDTH = 64
HEADS = 2
INNER_WIDTH = 96
CONTEXT_TOKENS = 2048
SLOTS = 2
STOPS = {signal.SIGINT, signal.SIGTERM}
SPECIAL = [b"<unk>", b"<s>", b"</s>"]
FIRST_BYTE = len(SPECIAL)
# Each message, and then a word that the answer follows.
TEMPLATE = "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant:"


def write_model(path):
    """Writes a model of one layer with weights by chance, always the same, and a token for each byte."""
    chance = numpy.random.default_rng(1)
    kind = gguf.TokenType
    tokens = SPECIAL + [f"<0x{byte:02X}>".encode() for byte in range(256)]
    kinds = [kind.UNKNOWN, kind.CONTROL, kind.CONTROL] + [kind.BYTE] * 256
    model = gguf.GGUFWriter(str(path), "llama")
    model.add_context_length(CONTEXT_TOKENS)
    model.add_embedding_length(WIDTH)
    model.add_block_count(1)
    model.add_feed_forward_length(INNER_WIDTH)
    model.add_head_count(HEADS)
    model.add_head_count_kv(HEADS)
    model.add_layer_norm_rms_eps(1e-5)
    model.add_rope_dimension_count(WIDTH // HEADS)
    model.add_vocab_size(len(tokens))
    model.add_tokenizer_model("llama")
    model.add_token_list(tokens)
    model.add_token_scores([0.0] * len(tokens))
    model.add_token_types(kinds)
    model.add_unk_token_id(0)
    model.add_bos_token_id(1)
    model.add_eos_token_id(2)
    model.add_chat_template(TEMPLATE)
    shapes = {"token_embd": (len(tokens), WIDTH), "output": (len(tokens), WIDTH)}
    shapes |= {f"blk.0.attn_{name}": (WIDTH, WIDTH) for name in ["q", "k", "v", "output"]}
    shapes |= {f"blk.0.ffn_{name}": (INNER_WIDTH, WIDTH) for name in ["gate", "up"]}
    shapes |= {"blk.0.ffn_down": (WIDTH, INNER_WIDTH)}
    for name, shape in shapes.items():
        weights = chance.standard_normal(shape).astype(numpy.float32) * 0.2
        if name == "output":
            # Only printable ASCII is ever likely, and no end: half a character as the first token makes the
            # engine leave out the beginning of a stream of messages.
            weights[: FIRST_BYTE + 0x20] = weights[FIRST_BYTE + 0x7F :] = 0
        model.add_tensor(f"{name}.weight", weights)
    for name in ["output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"]:
        model.add_tensor(f"{name}.weight", numpy.ones(WIDTH, dtype=numpy.float32))
    model.write_header_to_file()
    model.write_kv_data_to_file()
    model.write_tensors_to_file()
    model.close()


def main():
    path, key = Path(sys.argv[1]), sys.argv[2]
    # Before the server makes its threads, which leave these signals to us then.
    signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
    write_model(path)
    settings = xllamacpp.CommonParams()
    settings.model.path = str(path)
    settings.n_ctx = CONTEXT_TOKENS * SLOTS
    settings.n_parallel = SLOTS
    settings.port = 0
    settings.api_keys = [key]
    server = xllamacpp.Server(settings)
    print(f"llama ready {server.listening_address}", flush=True)
    signal.sigwait(STOPS)
    del server


if __name__ == "__main__":
    main()
