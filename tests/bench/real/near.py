"""Puts the pairs that `cargo bench -- near CLONE --pairs FILE` wrote to datasketch and rensa.

    pip install datasketch rensa
    python tests/bench/real/near.py FILE

Both get what the field gives them: word 5-grams, 128 permutations, and the threshold as Jaccard.
"""

import collections
import json
import re
import sys

from datasketch import MinHash
from rensa import RMinHash

PERMUTATIONS = 128


def shingles(code, size=5):
    words = re.findall(r"\w+", code)
    return {" ".join(words[at : at + size]) for at in range(max(1, len(words) - size + 1))}


def datasketch(code):
    sketch = MinHash(num_perm=PERMUTATIONS)
    sketch.update_batch([run.encode() for run in shingles(code)])
    return sketch


def rensa(code):
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=42)
    sketch.update(list(shingles(code)))
    return sketch


def main():
    pairs = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
    for name, sketch in (("datasketch", datasketch), ("rensa", rensa)):
        for threshold in (0.5, 0.7, 0.8):
            found, of = collections.Counter(), collections.Counter()
            for pair in pairs:
                of[pair["sort"]] += 1
                found[pair["sort"]] += sketch(pair["one"]).jaccard(sketch(pair["other"])) >= threshold
            told = ", ".join(f"{sort} {100 * found[sort] / of[sort]:.1f} %" for sort in of)
            right = sum(found.values()) - found["unrelated"]
            print(f"{name} >= {threshold}: {told}; precision {100 * right / max(1, sum(found.values())):.2f} %")


if __name__ == "__main__":
    main()
