"""Refusal of members that are not the same functions for every sample."""


def check_consistent(pool, strategy):
    """Raise a ValueError if the members of a pool change from one batch of samples to the next."""
    if not pool.members_consistent:
        raise ValueError(
            f"{type(strategy).__name__} needs members that are the same functions for every "
            "sample, but this pool has members_consistent=False. Use BALD(), which scores each "
            "sample on its own, or a model whose members do not change from one batch of samples "
            "to the next, such as skal.Committee or dropout masks that are fixed for a query."
        )
