"""The simulated queue obeys what is known of queues without a simulation."""

import random

import pytest

from claimbook.content import root


@pytest.fixture(scope="module")
def queue():
    import importlib.util

    spec = importlib.util.spec_from_file_location("waiting", root() / "benchmarks/waiting.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def work():
    """(arrivals over a day, seconds of each), the same on every run."""
    chance = random.Random(7)
    return sorted(chance.uniform(0, 3000) for _ in range(400)), [chance.expovariate(1 / 9) for _ in range(400)]


def test_one_worker_takes_the_sum(queue, work):
    _, seconds = work
    assert max(queue.finish_times([0.0] * 400, seconds, 1)) == pytest.approx(sum(seconds))


def test_a_worker_for_each_takes_as_long_as_the_longest(queue, work):
    arrivals, seconds = work
    assert max(queue.finish_times([0.0] * 400, seconds, 400)) == max(seconds)
    alone = [arrival + takes for arrival, takes in zip(arrivals, seconds, strict=True)]
    assert queue.finish_times(arrivals, seconds, 400) == alone, "nobody waits"


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_no_worker_is_idle_while_somebody_waits(queue, work, workers):
    arrivals, seconds = work
    done = queue.finish_times(arrivals, seconds, workers)
    starts = [end - takes for end, takes in zip(done, seconds, strict=True)]
    for arrival, start in zip(arrivals, starts, strict=True):
        if start > arrival + 1e-9:
            moment = (arrival + start) / 2
            busy = sum(s <= moment < e for s, e in zip(starts, done, strict=True))
            assert busy == workers
    assert starts == sorted(starts), "first come, first served"


@pytest.mark.parametrize("workers", [1, 2, 7])
def test_never_more_at_a_time_than_workers(queue, work, workers):
    arrivals, seconds = work
    done = queue.finish_times(arrivals, seconds, workers)
    changes = sorted(
        change for end, takes in zip(done, seconds, strict=True) for change in ((end - 1e-9, -1), (end - takes, 1))
    )
    running = 0
    for _, change in changes:
        running += change
        assert 0 <= running <= workers


def test_more_workers_never_make_the_wait_longer(queue, work):
    arrivals, seconds = work
    waits = [sum(queue.finish_times(arrivals, seconds, workers)) - sum(arrivals) for workers in (1, 2, 4, 8, 16)]
    assert waits == sorted(waits, reverse=True)


def test_handing_in_crowds_before_the_deadline(queue):
    arrivals = queue.before_deadline(10_000, random.Random(1))
    assert arrivals == sorted(arrivals) and arrivals[0] >= 0 and arrivals[-1] <= queue.DAY
    last_five_hours = sum(arrival > queue.DAY - 5 * 3600 for arrival in arrivals)
    assert 0.45 < last_five_hours / 10_000 < 0.55
    assert arrivals == queue.before_deadline(10_000, random.Random(1)), "seeded"


def test_percentiles_are_values_that_occurred(queue):
    assert queue.percentile([4, 1, 3, 2], 0.5) == 2
    assert queue.percentile(list(range(1, 101)), 0.95) == 95
    assert queue.percentile([5], 0.95) == 5
