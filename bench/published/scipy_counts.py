#!/usr/bin/env python3
"""Counts what SciPy's Newton methods take on the collection of problems (tests/problems), and writes scipy.csv.

    /usr/bin/python3 bench/published/scipy_counts.py build/bench/bench/problem_server bench/published/scipy.csv

A problem is solved at the first gradient whose norm is at most 1e-6: the counts are those until then, so that a stopping rule which
differs from ours, as Newton-CG's of its step lengths, costs nothing. Options are SciPy's defaults, but for tolerances that do not end a
run early. Runs end unsolved after LIMIT seconds or STEPS steps.
"""

import csv
import signal
import subprocess
import sys

import numpy
import scipy
from scipy.optimize import minimize

GOAL = 1e-6
LIMIT = 120
STEPS = 20_000
METHODS = {
    "trust-krylov": {"gtol": 0.5 * GOAL, "maxiter": STEPS},
    "trust-ncg": {"gtol": 0.5 * GOAL, "maxiter": STEPS},
    "Newton-CG": {"xtol": 1e-300, "maxiter": STEPS},
}


class Solved(Exception):
    pass


class OutOfTime(Exception):
    pass


class Problem:
    def __init__(self, server, name):
        self.process = subprocess.Popen(
            [server, *name.split()], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self.n = int(self.read(1)[0])
        self.start = self.read(self.n)
        self.reset()

    def reset(self):
        self.values = self.gradients = self.products = self.steps = 0
        self.least = numpy.inf

    def read(self, count):
        return numpy.frombuffer(self.process.stdout.read(8 * count))

    def ask(self, question, *vectors):
        self.process.stdin.write(question + b"".join(numpy.ascontiguousarray(v, float).tobytes() for v in vectors))
        self.process.stdin.flush()

    def value(self, x):
        self.values += 1
        self.ask(b"v", x)
        return self.read(1)[0]

    def gradient(self, x):
        self.gradients += 1
        self.ask(b"g", x)
        g = self.read(self.n).copy()
        norm = numpy.linalg.norm(g)
        self.least = min(self.least, norm)
        if norm <= GOAL:
            raise Solved
        return g

    def product(self, x, v):
        self.products += 1
        self.ask(b"h", x, v)
        return self.read(self.n).copy()

    def step(self, *_):
        self.steps += 1


def run(problem, method):
    problem.reset()

    def stop(*_):
        raise OutOfTime

    signal.signal(signal.SIGALRM, stop)
    signal.alarm(LIMIT)
    try:
        minimize(
            problem.value,
            problem.start.copy(),
            method=method,
            jac=problem.gradient,
            hessp=problem.product,
            callback=problem.step,
            options=METHODS[method],
        )
        why = "ended"
    except Solved:
        why = "solved"
    except OutOfTime:
        why = "time"
    except Exception as error:  # a method that fails is a result, too
        why = type(error).__name__
    finally:
        signal.alarm(0)
    return why


def main():
    server, path = sys.argv[1:3]
    names = subprocess.run([server, "--names"], capture_output=True, text=True, check=True).stdout.split("\n")
    with open(path, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["problem", "method", "end", "steps", "values", "gradients", "products", "least_gradient"])
        for name in filter(None, names):
            for method in METHODS:
                problem = Problem(server, name)
                why = run(problem, method)
                problem.process.kill()
                row = [name, method, why, problem.steps, problem.values, problem.gradients, problem.products]
                table.writerow([*row, f"{problem.least:.2e}"])
                file.flush()
                print(*row, flush=True)
        table.writerow([f"SciPy {scipy.__version__}", "", "", "", "", "", "", ""])


if __name__ == "__main__":
    main()
