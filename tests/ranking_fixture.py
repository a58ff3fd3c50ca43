"""Writes tests/ranking_fixture.json: random scores and relevant items with the figures of published evaluators.

Precision, recall, MAP, MRR, NDCG, hit rate and F1 are ranx's (0.3.21), checked against ir_measures' (0.4.3) where both
have them; AUC is scikit-learn's, averaged over users.

    pip install ranx ir_measures scikit-learn numpy
    python tests/ranking_fixture.py
"""

import json
import pathlib

import ir_measures
import numpy as np
import ranx
from sklearn.metrics import roc_auc_score

USERS, ITEMS, LENGTH = 25, 40, 10

rng = np.random.default_rng(1)
# A grid of distinct scores per user: evaluators break ties each in their own way.
scores = np.stack([rng.permutation(ITEMS) for _ in range(USERS)]).astype(np.float32) / 8.0
relevant = [sorted(rng.choice(ITEMS, size=rng.integers(1, 16), replace=False).tolist()) for _ in range(USERS)]
# Better than chance: half of the relevant items score higher.
for user, items in enumerate(relevant):
    for item in items[::2]:
        scores[user, item] += 2.0 + 1.0 / 16.0

run = {str(u): {str(i): float(scores[u, i]) for i in range(ITEMS)} for u in range(USERS)}
qrels = {str(u): {str(i): 1 for i in items} for u, items in enumerate(relevant)}
names = {"precision": "precision", "recall": "recall", "map": "map", "mrr": "mrr", "ndcg": "ndcg", "hit_rate": "hit-rate", "f1": "f1"}
asked = ranx.evaluate(ranx.Qrels(qrels), ranx.Run(run), [f"{name}@{LENGTH}" for name in names])
figures = {own: float(asked[f"{name}@{LENGTH}"]) for name, own in names.items()}

others = {"precision": f"P@{LENGTH}", "recall": f"R@{LENGTH}", "map": f"AP@{LENGTH}", "mrr": f"RR@{LENGTH}", "ndcg": f"nDCG@{LENGTH}", "hit-rate": f"Success@{LENGTH}"}
parsed = {own: ir_measures.parse_measure(text) for own, text in others.items()}
again = ir_measures.calc_aggregate(list(parsed.values()), qrels, run)
for own, measure in parsed.items():
    assert abs(again[measure] - figures[own]) < 1e-9, (own, again[measure], figures[own])

truth = [[int(i in items) for i in range(ITEMS)] for items in relevant]
figures["auc"] = float(np.mean([roc_auc_score(truth[u], scores[u]) for u in range(USERS)]))

fixture = {"length": LENGTH, "scores": scores.tolist(), "relevant": relevant, "figures": figures}
pathlib.Path(__file__).with_suffix(".json").write_text(json.dumps(fixture) + "\n")
