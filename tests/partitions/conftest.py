import gc
import time

import dask
import pytest
from distributed import Client, LocalCluster


@pytest.fixture(autouse=True)
def _synchronous(request):
    """Compute in this thread, unless a test has a client."""
    if "client" in request.fixturenames:
        yield
        return
    with dask.config.set(scheduler="synchronous"):
        yield


@pytest.fixture(scope="session")
def cluster():
    """Two worker processes, which replace themselves when they die."""
    # A local cluster gives up a worker that it sees away 15 seconds after it had lost one of the
    # same name. Where workers are killed again and again, that would be one that starts anew.
    with (
        # Nor should dask drop copies of the model between exchanges, whose journeys are counted.
        dask.config.set(
            {
                "distributed.deploy.lost-worker-timeout": "1h",
                "distributed.scheduler.active-memory-manager.start": False,
            }
        ),
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def client(cluster):
    """Return a client of two workers, which dask computes with meanwhile."""
    with Client(cluster) as client:
        client.wait_for_workers(2, timeout=60)
        yield client


@pytest.fixture
def left_behind(cluster, client):
    """Return a function that tells which tasks are there that were not at first.

    A task whose future is released is forgotten a moment later, so the function waits for that.
    """

    def tasks():
        stored = client.run(lambda dask_worker: set(dask_worker.data))
        return set(client.futures) | set(cluster.scheduler.tasks) | set().union(*stored.values())

    def left_behind(kept=()):
        deadline = time.monotonic() + 20
        while (left := tasks() - before - set(kept)) and time.monotonic() < deadline:
            gc.collect()  # an exception and the frames it came through hold each other
            time.sleep(0.02)
        return left

    before = tasks()
    return left_behind
