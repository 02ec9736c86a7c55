"""The server of these tests, and a second user."""

import pytest
from studio import Studio


@pytest.fixture(scope="session")
def studio(tmp_path_factory):
    studio = Studio(tmp_path_factory.mktemp("label_studio"))
    studio.start()
    yield studio
    studio.stop()


@pytest.fixture
def bob(studio):
    """The number of a second user, who is there for one test."""
    number = studio.add_user("bob@example.org")
    yield number
    studio.delete_user(number)
