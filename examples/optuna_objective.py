"""Optuna's search over RecTune's trainers, and the other way round: several processes share one study in a journal file.

    cargo build --release --features cli --bin rectune
    pip install optuna
    python examples/optuna_objective.py ratings.csv --trials 40 --processes 4
    python examples/optuna_objective.py ratings.csv --trials 40 --ask-tell gp

Each trial is one `rectune train`, judged on the validation rows, so equal parameters have equal results. With --ask-tell
RecTune's own sampler proposes, through `rectune ask-tell`, and Optuna keeps the trials; its proposals follow from results in
their order, so it runs in one process.
"""

import argparse
import json
import multiprocessing
import subprocess
import tempfile

import optuna
from optuna.distributions import FloatDistribution, IntDistribution
from optuna.storages import JournalStorage
from optuna.storages.journal import JournalFileBackend

SPACE = {
    "n_factors": IntDistribution(4, 64, log=True),
    "learning_rate": FloatDistribution(0.002, 0.05, log=True),
    "regularization": FloatDistribution(0.005, 0.2, log=True),
}


def objective(trial, arguments):
    params = {
        name: (trial.suggest_int if isinstance(one, IntDistribution) else trial.suggest_float)(name, one.low, one.high, log=one.log)
        for name, one in SPACE.items()
    }
    command = [arguments.rectune, "train", arguments.ratings, "--model", "svd", "--json", "-"]
    for name, value in params.items():
        command += ["--set", f"{name}={value}"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 1:
        # It diverged, for example: a failed trial, and no reason to stop.
        raise ValueError(done.stderr.strip())
    if done.returncode != 0:
        raise SystemExit(done.stderr.strip())
    result = json.loads(done.stdout)
    trial.set_user_attr("epochs", result["epochs"])
    return min(point["valid"] for point in result["curve"])


class AskTell(optuna.samplers.BaseSampler):
    """RecTune's samplers as one of Optuna's."""

    def __init__(self, rectune, sampler, seed):
        with tempfile.NamedTemporaryFile("w", suffix=".json", delete=False) as file:
            json.dump([dimension(name, one) for name, one in SPACE.items()], file)
        command = [rectune, "ask-tell", "--space", file.name, "--sampler", sampler, "--seed", str(seed)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def infer_relative_search_space(self, study, trial):
        return SPACE

    def sample_relative(self, study, trial, search_space):
        proposal = json.loads(self.process.stdout.readline())
        if "done" in proposal:
            study.stop()
            return {}
        return proposal["params"]

    def sample_independent(self, study, trial, param_name, param_distribution):
        raise NotImplementedError(f"{param_name} is not in the space")

    def after_trial(self, study, trial, state, values):
        value = values[0] if state == optuna.trial.TrialState.COMPLETE else None
        self.process.stdin.write(json.dumps({"trial": trial.number, "value": value}) + "\n")
        self.process.stdin.flush()


def dimension(name, one):
    kind = "int" if isinstance(one, IntDistribution) else "float"
    return {"name": name, "type": kind, "low": one.low, "high": one.high, "log": one.log}


def work(arguments, seed, trials):
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    # Processes must not draw the same points.
    sampler = AskTell(arguments.rectune, arguments.ask_tell, seed) if arguments.ask_tell else optuna.samplers.TPESampler(seed=seed, constant_liar=True)
    study = optuna.load_study(study_name=arguments.name, storage=storage(arguments), sampler=sampler)
    study.optimize(lambda trial: objective(trial, arguments), n_trials=trials, catch=ValueError)


def storage(arguments):
    return JournalStorage(JournalFileBackend(arguments.journal))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("ratings")
    parser.add_argument("--trials", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--ask-tell", metavar="SAMPLER", help="grid, random, sobol, tpe, gp or auto")
    parser.add_argument("--journal", default="optuna.journal")
    parser.add_argument("--name", default="rectune")
    parser.add_argument("--rectune", default="target/release/rectune", help="the native command")
    arguments = parser.parse_args()

    optuna.create_study(study_name=arguments.name, storage=storage(arguments), load_if_exists=True)
    processes = 1 if arguments.ask_tell else arguments.processes
    shares = [arguments.trials // processes + (at < arguments.trials % processes) for at in range(processes)]
    workers = [multiprocessing.Process(target=work, args=(arguments, seed, share)) for seed, share in enumerate(shares)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if any(worker.exitcode for worker in workers):
        raise SystemExit(1)
    study = optuna.load_study(study_name=arguments.name, storage=storage(arguments))
    print(json.dumps({"trials": len(study.trials), "best": study.best_value, "params": study.best_params}))


if __name__ == "__main__":
    main()
