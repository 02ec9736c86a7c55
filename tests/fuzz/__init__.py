"""A generator of inputs, right and wrong, and the checks that every one of them must pass.

`cases` draws an input from a seed, `learner_checks` and `pool_checks` try it, `messages` judges
what was raised, and `running` runs many and finds the smallest input of each breach.
"""
