"""Optuna's samplers on the functions of the search bench: python search_peers.py PROGRAM SAMPLER VARIANT LAG FUNCTION SEEDS

A line for each seed, as `search run` of benches/search.rs writes it. PROGRAM is that bench: its `search values` tells the
space and gives the values, so a function stands in one place, with the same failures and the same noise.
"""

import json
import math
import subprocess
import sys
import time
import warnings

import optuna

TRIALS = 100


def suggest(trial, space):
    point = {}
    for dimension in space:
        name = dimension["name"]
        if any(point.get(on) not in values for on, values in dimension.get("when", {}).items()):
            continue
        if dimension["type"] == "categorical":
            point[name] = trial.suggest_categorical(name, dimension["choices"])
        elif dimension["type"] == "int":
            step = 1 if dimension["log"] else dimension.get("step", 1)
            point[name] = trial.suggest_int(name, int(dimension["low"]), int(dimension["high"]), log=dimension["log"], step=step)
        else:
            point[name] = trial.suggest_float(name, dimension["low"], dimension["high"], log=dimension["log"], step=dimension.get("step"))
    return point


def run(program, name, variant, lag, function, seed):
    command = [program, "values", function, variant, str(seed)]
    objective = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
    space = json.loads(objective.stdout.readline())
    sampler = optuna.samplers.GPSampler(seed=seed) if name == "gp" else optuna.samplers.TPESampler(seed=seed)
    study = optuna.create_study(sampler=sampler)
    waiting, regrets, times, best = [], [], [], math.inf
    for _ in range(TRIALS):
        started = time.perf_counter()
        trial = study.ask()
        point = suggest(trial, space)
        times.append(time.perf_counter() - started)
        objective.stdin.write(json.dumps(point) + "\n")
        regret, value = objective.stdout.readline().split()
        best = min(best, float(regret))
        regrets.append(best)
        waiting.append((trial, None if value == "null" else float(value)))
        if len(waiting) >= lag:
            trial, value = waiting.pop(0)
            study.tell(trial, value, state=optuna.trial.TrialState.FAIL if value is None else None)
    objective.stdin.close()
    objective.wait()
    return [regrets[at - 1] for at in (25, 50, 100)], sum(times[-10:]) * 100


def main():
    warnings.simplefilter("ignore")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    program, name, variant, lag, function, seeds = sys.argv[1:]
    if name == "gp":
        import torch

        torch.set_num_threads(1)
    for seed in range(int(seeds)):
        figures, milliseconds = run(program, name, variant, int(lag), function, seed)
        print(seed, *(f"{regret:.6e}" for regret in figures), f"{milliseconds:.2f}", flush=True)


main()
