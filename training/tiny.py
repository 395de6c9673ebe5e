"""Makes a tiny model of Qwen2's architecture, with a tokenizer and a chat template, from the texts of an export.

It knows nothing. It is there so that the recipe can be tried without a GPU and without a download.

    python training/tiny.py EXPORT MODEL [--hidden 128] [--layers 2] [--vocabulary 2048]
"""

import argparse
import json
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
CUTS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# Qwen2.5's, for what an export holds: its system message is always there, and there are no tools.
TEMPLATE = (
    "{%- for message in messages %}"
    "{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}"
    "{%- endfor %}"
    "{%- if add_generation_prompt %}{{- '<|im_start|>assistant\\n' }}{%- endif %}"
)


def texts(folder):
    for file in sorted(Path(folder).glob("*.jsonl")):
        for line in file.open(encoding="utf-8"):
            row = json.loads(line)
            for message in row["prompt"] + row["completion"]:
                yield message["content"]


def tokenizer(folder, vocabulary):
    bpe = Tokenizer(models.BPE())
    # transformers gives every model of this architecture Qwen2's own cuts, so tokenizer.json has them as well.
    bpe.normalizer = normalizers.NFC()
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    bpe.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Split(Regex(CUTS), "isolated"), byte_level])
    bpe.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    bpe.train_from_iterator(texts(folder), trainers.BpeTrainer(vocab_size=vocabulary, special_tokens=CONTROL, initial_alphabet=alphabet))
    return PreTrainedTokenizerFast(
        tokenizer_object=bpe, eos_token="<|im_end|>", pad_token="<|endoftext|>", chat_template=TEMPLATE
    )


def model(words, hidden, layers):
    torch.manual_seed(0)
    config = Qwen2Config(
        vocab_size=len(words),
        hidden_size=hidden,
        intermediate_size=hidden * 3,
        num_hidden_layers=layers,
        num_attention_heads=max(hidden // 64, 1),
        num_key_value_heads=max(hidden // 64, 1),
        max_position_embeddings=4096,
        tie_word_embeddings=True,
        bos_token_id=words.pad_token_id,
        eos_token_id=words.eos_token_id,
        pad_token_id=words.pad_token_id,
    )
    return Qwen2ForCausalLM(config)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("model")
    parser.add_argument("--hidden", type=int, default=128)
    parser.add_argument("--layers", type=int, default=2)
    parser.add_argument("--vocabulary", type=int, default=2048)
    args = parser.parse_args()
    words = tokenizer(args.export, args.vocabulary)
    words.save_pretrained(args.model)
    tiny = model(words, args.hidden, args.layers)
    tiny.save_pretrained(args.model)
    print(f"{args.model}: {tiny.num_parameters():,} parameters, {len(words):,} tokens")


if __name__ == "__main__":
    main()
