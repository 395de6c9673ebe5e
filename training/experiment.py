"""What the evidence is worth: two small models from scratch, one shown the evidence of each row, the other that of
another row of the same kind. Their loss on held-out answers is taken on content tokens alone, by kind of question.

    git trainset export --reasoning drop --out export
    python training/experiment.py export [--minutes 4] [--longest 640]
"""

import argparse
import json
import random
import re
import time
from collections import defaultdict
from pathlib import Path

import torch

from tiny import model, tokenizer

IGNORED = -100


def rows(folder, splits):
    for split in splits:
        file = Path(folder) / f"{split}.jsonl"
        if file.exists():
            yield from (json.loads(line) for line in file.open(encoding="utf-8"))


def parts(row):
    """The evidence, the question and the answer of a row, without the list of what it rests on."""
    evidence, question = row["prompt"][1]["content"].rsplit("\n\nQuestion: ", 1)
    answer = row["completion"][0]["content"].rsplit("\n\nRests on:", 1)[0]
    return evidence, question, answer


def swapped(all_rows, seed):
    """For each row the evidence of another one of its kind about another file, where there is one."""
    by_kind = defaultdict(list)
    for row in all_rows:
        by_kind[row["kind"]].append(row)
    choose = random.Random(seed)
    out = []
    for row in all_rows:
        others = [other for other in by_kind[row["kind"]] if other["path"] != row["path"]]
        out.append(parts(choose.choice(others or by_kind[row["kind"]]))[0])
    return out


def encoded(words, row, evidence, longest):
    """Tokens, labels on the answer, and which of those are content; None where it is too long."""
    _, question, answer = parts(row)
    prompt = f"<|im_start|>user\n{evidence}\n\nQuestion: {question}<|im_end|>\n<|im_start|>assistant\n"
    head = words(prompt, add_special_tokens=False)["input_ids"]
    told = words(answer + "<|im_end|>", add_special_tokens=False, return_offsets_mapping=True)
    if len(head) + len(told["input_ids"]) > longest:
        return None
    given = set(re.findall(r"\w+", question))
    spans = [
        (match.start() + word.start(), match.start() + word.end())
        for match in re.finditer(r"`[^`]+`", answer)
        for word in re.finditer(r"\w+", match.group())
        if word.group() not in given
    ]
    content = [any(start < end and a < end and start < b for a, b in spans) for start, end in told["offset_mapping"]]
    return head + told["input_ids"], [IGNORED] * len(head) + told["input_ids"], [False] * len(head) + content


def padded(batch, pad):
    longest = max(len(tokens) for tokens, _, _ in batch)
    fill = lambda values, value: [list(line) + [value] * (longest - len(line)) for line in values]
    tokens, labels, content = zip(*batch)
    return torch.tensor(fill(tokens, pad)), torch.tensor(fill(labels, IGNORED)), torch.tensor(fill(content, False))


def train(words, examples, seconds, size, seed):
    net = model(words, *size)
    optimizer = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=0.01)
    choose, start, steps = random.Random(seed), time.process_time(), 0
    net.train()
    while (spent := time.process_time() - start) < seconds:
        # Rows of like length stand together, so that little is padding.
        at = choose.randrange(len(examples))
        tokens, labels, _ = padded(examples[at : at + 8], words.pad_token_id)
        for group in optimizer.param_groups:
            group["lr"] = 2e-3 * (1 - 0.9 * spent / seconds) * min(1, (steps + 1) / 50)
        loss = net(input_ids=tokens, attention_mask=tokens != words.pad_token_id, labels=labels).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        steps += 1
    return net.eval(), steps


@torch.no_grad()
def losses(net, words, examples, kinds):
    """Sums of the loss over content tokens and their number, by kind."""
    sums = defaultdict(lambda: [0.0, 0])
    for example, kind in zip(examples, kinds):
        tokens, labels, content = padded([example], words.pad_token_id)
        logits = net(input_ids=tokens).logits[0, :-1]
        each = torch.nn.functional.cross_entropy(logits, labels[0, 1:], ignore_index=IGNORED, reduction="none")
        told = content[0, 1:]
        for name in (kind, "all"):
            sums[name][0] += each[told].sum().item()
            sums[name][1] += int(told.sum())
    return sums


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("export")
    parser.add_argument("--minutes", type=float, default=4, help="CPU minutes for each of the two models")
    parser.add_argument("--longest", type=int, default=640)
    parser.add_argument("--hidden", type=int, default=192)
    parser.add_argument("--layers", type=int, default=3)
    args = parser.parse_args()
    torch.set_num_threads(1)
    words = tokenizer(args.export, 2048)
    known = [row for row in rows(args.export, ["train"]) if row["task"] == "qa" and len(row["prompt"]) == 2]
    held = [row for row in rows(args.export, ["validation", "test"]) if row["task"] == "qa" and len(row["prompt"]) == 2]
    arms = {}
    for arm in ("right evidence", "wrong evidence"):
        right = arm == "right evidence"
        shown = [parts(row)[0] for row in known] if right else swapped(known, 1)
        # The rows that are measured are the same for both: those that fit with either evidence.
        both = [
            (encoded(words, row, parts(row)[0], args.longest), encoded(words, row, other, args.longest), row["kind"])
            for row, other in zip(held, swapped(held, 2))
        ]
        both = [pair for pair in both if pair[0] and pair[1]]
        examples = [example for row, text in zip(known, shown) if (example := encoded(words, row, text, args.longest))]
        examples.sort(key=lambda example: len(example[0]))
        net, steps = train(words, examples, args.minutes * 60, (args.hidden, args.layers), 0)
        print(f"{arm}: {len(examples)} rows, {steps} steps, {net.num_parameters():,} parameters", flush=True)
        arms[arm] = losses(net, words, [pair[0 if right else 1] for pair in both], [pair[2] for pair in both])
        if right:
            arms["right, shown wrong"] = losses(net, words, [pair[1] for pair in both], [pair[2] for pair in both])
    print(f"\n{len(both)} held-out rows\n")
    print("| kind | content tokens | right evidence | wrong evidence | difference | right model, shown wrong |\n|---|---|---|---|---|---|")
    mean = lambda arm, kind: arms[arm][kind][0] / max(arms[arm][kind][1], 1)
    for kind in sorted(arms["right evidence"], key=lambda kind: (kind != "all", kind)):
        right, wrong, shown = (mean(arm, kind) for arm in ("right evidence", "wrong evidence", "right, shown wrong"))
        count = arms["right evidence"][kind][1]
        print(f"| {kind} | {count} | {right:.3f} | {wrong:.3f} | {wrong - right:+.3f} | {shown:.3f} |")


if __name__ == "__main__":
    main()
