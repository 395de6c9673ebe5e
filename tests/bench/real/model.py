"""Writes a tiny Qwen2 model with random weights as GGUF, for a server to serve.

It says nothing sensible, and that is enough: what is tried out is whether a real server takes our
requests, holds replies to the schema, and errs in ways that we understand. Needs `numpy` and `gguf`.

    python model.py tiny.gguf
"""

import sys

import gguf
import numpy as np

WIDTH, LAYERS, HEADS, INNER, CONTEXT = 128, 2, 2, 256, 32768
TEMPLATE = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n{{ message['content'] }}<|im_end|>\n"
    "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


def byte_tokens() -> list[str]:
    """The 256 bytes in the spelling of byte-level BPE: printable ones stand for themselves."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    names, extra = {}, 0
    for byte in range(256):
        if byte in shown:
            names[byte] = chr(byte)
        else:
            names[byte] = chr(256 + extra)
            extra += 1
    return [names[byte] for byte in range(256)]


def main(path: str) -> None:
    tokens = byte_tokens()
    merges = ["e r", "i n", "o n", "r e", "t h", "a n"]
    tokens += [merge.replace(" ", "") for merge in merges]
    kinds = [gguf.TokenType.NORMAL] * len(tokens)
    for special in ("<|endoftext|>", "<|im_start|>", "<|im_end|>"):
        tokens.append(special)
        kinds.append(gguf.TokenType.CONTROL)

    out = gguf.GGUFWriter(path, "qwen2")
    out.add_name("tiny random Qwen2")
    out.add_context_length(CONTEXT)
    out.add_embedding_length(WIDTH)
    out.add_block_count(LAYERS)
    out.add_feed_forward_length(INNER)
    out.add_head_count(HEADS)
    out.add_head_count_kv(HEADS)
    out.add_layer_norm_rms_eps(1e-6)
    out.add_rope_freq_base(1e6)
    out.add_file_type(gguf.LlamaFileType.ALL_F32)
    out.add_tokenizer_model("gpt2")
    out.add_tokenizer_pre("qwen2")
    out.add_token_list(tokens)
    out.add_token_types(kinds)
    out.add_token_merges(merges)
    out.add_bos_token_id(len(tokens) - 3)
    out.add_eos_token_id(len(tokens) - 1)
    out.add_pad_token_id(len(tokens) - 3)
    out.add_add_bos_token(False)
    out.add_chat_template(TEMPLATE)

    draw = np.random.default_rng(7)

    def random(*shape: int) -> np.ndarray:
        # Wider than usual: else every greedy token is the same.
        return (draw.standard_normal(shape) * 0.1).astype(np.float32)

    def tensor(name: str, *shape: int) -> None:
        out.add_tensor(name, random(*shape))

    def still(name: str, *shape: int) -> None:
        # The first place of the state is left as the embedding set it.
        values = random(*shape)
        values[0] = 0
        out.add_tensor(name, values)

    def ones(name: str) -> None:
        out.add_tensor(name, np.ones(WIDTH, dtype=np.float32))

    # The first place is the same for all tokens and speaks for what ends a string, a list or an
    # object: else no reply would ever come to its end.
    embedding, output = random(len(tokens), WIDTH), random(len(tokens), WIDTH)
    embedding[:, 0], output[:, 0] = 2, 0
    for token, weight in (('"', 5), ("]", 3), ("}", 3)):
        output[tokens.index(token)] = 0
        output[tokens.index(token), 0] = weight
    out.add_tensor("token_embd.weight", embedding)
    out.add_tensor("output.weight", output)
    ones("output_norm.weight")
    for layer in range(LAYERS):
        block = f"blk.{layer}."
        ones(block + "attn_norm.weight")
        ones(block + "ffn_norm.weight")
        for part in ("q", "k", "v"):
            tensor(f"{block}attn_{part}.weight", WIDTH, WIDTH)
            tensor(f"{block}attn_{part}.bias", WIDTH)
        still(block + "attn_output.weight", WIDTH, WIDTH)
        tensor(block + "ffn_gate.weight", INNER, WIDTH)
        tensor(block + "ffn_up.weight", INNER, WIDTH)
        still(block + "ffn_down.weight", WIDTH, INNER)
    out.write_header_to_file()
    out.write_kv_data_to_file()
    out.write_tensors_to_file()
    out.close()


if __name__ == "__main__":
    main(sys.argv[1])
