"""Signals that ask the service to stop: taken where it may be left, kept everywhere else."""

import os
import random
import signal
import time
from pathlib import Path

import pytest

from scheduler.stopping import SIGNALS, Stopping
from tests.scheduler.test_service import running, until


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_ends_only_what_may_be_left(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    done = []
    with Stopping() as stopping:
        os.kill(os.getpid(), number)
        done.append("a start is not cut")
        with pytest.raises(KeyboardInterrupt), stopping.here():
            done.append("never")
        os.kill(os.getpid(), number)
        done.append("an end is not cut either")
    assert done == ["a start is not cut", "an end is not cut either"]
    assert signal.getsignal(number) is before


def test_a_signal_ends_a_wait_at_once_and_what_must_be_whole_at_its_end() -> None:
    done = []
    with Stopping() as stopping, pytest.raises(KeyboardInterrupt), stopping.here():
        with stopping.later():
            os.kill(os.getpid(), signal.SIGTERM)
            done.append("whole")
        done.append("never")
    with Stopping() as stopping, pytest.raises(KeyboardInterrupt), stopping.here():
        os.kill(os.getpid(), signal.SIGTERM)
        done.append("never")
    assert done == ["whole"]


@pytest.mark.soak
def test_a_service_stopped_at_any_moment_of_its_start_ends_in_order(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for number in range(10):
        folder = tmp_path / str(number)
        folder.mkdir()
        with running(folder) as child:
            until((folder / "schedule.lock.pid").exists)
            time.sleep(chance.uniform(0, 0.1))  # not a wait for anything: the moment is what is tried
            child.send_signal(signal.SIGTERM)
            out, said = child.communicate(timeout=60)
            assert (child.returncode, out) == (0, "ended in order\n"), said
