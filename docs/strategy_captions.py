"""What is seen in the figures of strategies, by the name of the class.

A strategy without a row here has the first line of its docstring as its caption.
"""

CAPTIONS = {
    "BADGE": "The batch is spread along the boundaries. Points far out are among it, as their "
    "gradients are long.",
    "BAIT": "The batch lies along the boundaries. It holds several of the near copies, since each "
    "of their labels makes the model more certain at the same place.",
    "BALD": "The batch lies where the members of the committee disagree, much of it in heaps of "
    "similar points.",
    "BatchBALD": "The batch lies where the members of the committee disagree, spread over "
    "several such places.",
    "ClassBalanced": "The batch lies along the boundaries, on both sides. A class with few labels "
    "has a larger share.",
    "ClusterMargin": "The batch comes from the twenty least certain points, in turn from their "
    "clusters. Where most of these points are near copies, so is the batch.",
    "ContrastiveSampling": "The batch lies where predictions differ from those on the nearest "
    "labeled points, and much of it in one place.",
    "CoreSet": "The batch covers the pool, whatever the model predicts: outliers first, then the "
    "points that are farthest from all labels.",
    "CostAware": "Labels on the right of the dashed line cost ten times as much. The batch lies "
    "along the boundaries, on the left as long as points there are not much more certain.",
    "DPP": "The batch is spread over the pool, outliers first. The model plays no part unless a "
    "`scorer` is given.",
    "DensityWeighted": "The batch lies along boundaries, in directions that many points share. "
    "There are no outliers in it later on, but many near copies.",
    "Distinct": "The batch lies along the boundaries, with a distance of at least 0.5 between its "
    "points, so that only one of the near copies is asked for at a time.",
    "DiverseMiniBatch": "The batch is spread around the boundaries: it holds one point of each "
    "cluster of the hundred least certain points.",
    "DropQuery": "The batch lies where predictions change if one of the two coordinates is set to "
    "zero, spread over clusters of such points.",
    "EPIG": "Only predictions on the right of the dashed line matter. The batch lies where labels "
    "tell most about them, which can be on the left as well. The committee has forty members.",
    "ExpectedCost": "It costs ten times as much to miss a triangle as to make another mistake, so "
    "that the batch lies near the triangles first.",
    "ExpectedErrorReduction": "The batch lies in heaps on the boundaries. Each of its points "
    "alone would make the predictions for the pool most certain.",
    "ExpectedGradientLength": "The batch lies on the boundaries, points far out and near copies "
    "among it.",
    "ExpectedModelChange": "The batch lies far out and where the members of the committee "
    "disagree, outliers first. Colors are numbers, from dark to light.",
    "FacilityLocation": "The batch holds points in the middle of groups, whatever the model "
    "predicts. Outliers follow when the groups have labels.",
    "Falcun": "The batch is drawn among the points along the boundaries, with several of the "
    "near copies.",
    "GreedyX": "The batch covers the pool, whatever the model predicts: outliers first, then the "
    "points that are farthest from all labels. Colors are numbers, from dark to light.",
    "GreedyY": "The batch lies where the predicted numbers differ most from all known ones, "
    "wherever that is in the plane. Colors are numbers, from dark to light.",
    "ImprovedGreedy": "The batch lies far from all labels, more so where the predicted numbers "
    "differ from theirs. Colors are numbers, from dark to light.",
    "KMeansSampling": "The batch holds the point nearest to the center of each of ten clusters of "
    "the pool, whatever the model predicts.",
    "LCMD": "The batch covers the pool, outliers first, and most where many points have their "
    "nearest label far away. Colors are numbers, from dark to light.",
    "LearningLoss": "With few labels the losses cannot be told apart, and the batch is random. "
    "Then it lies where errors on held-out labels were large.",
    "MaxHerding": "The batch holds typical points of large groups first, then of smaller groups. "
    "It passes over outliers, and asks for one of the near copies.",
    "Mixture": "Half of the batch lies along the boundaries, the other half is random.",
    "MultilabelUncertainty": "A point may have none, one or both of two labels. The batch lies "
    "on the boundaries of the labels, first where they cross.",
    "ProbCover": "The batch lies where most points are not within a radius of a label: in the "
    "middle of groups first, and later around them.",
    "QueryByCommittee": "The batch lies where the votes of the committee differ. With equal votes "
    "near copies are as good as other points.",
    "RandomSampling": "The batch is random, so that dense places have most of it.",
    "RankedBatch": "As long as few points have labels, distance counts for most of the score, and "
    "outliers come first.",
    "Relevance": "The batch lies in the class to find, the triangles. One of ten points is on a "
    "boundary.",
    "Schedule": "Below 20 labels the batch holds the centers of clusters, and from then on the "
    "least certain points.",
    "Shortlist": "The batch is spread around the boundaries: it holds the centers of ten clusters "
    "of the hundred least certain points.",
    "SimpleMargin": "The batch lies on the boundaries. Near copies on a boundary are asked for "
    "together.",
    "StandardDeviation": "The batch lies where the model knows least: outliers first, then the "
    "gaps between labels. Colors are numbers, from dark to light.",
    "StochasticBatch": "The batch is drawn, the more probably the less certain a point is. It "
    "lies along the boundaries, somewhat spread out.",
    "Subsample": "The batch holds the least certain of a random half of the points.",
    "TypiClust": "The batch holds the most typical point of each cluster that has no label yet, "
    "whatever the model predicts.",
    "UncertaintyHerding": "Without labels, the batch holds typical points of groups. Later it is "
    "spread around the boundaries, with few of the near copies.",
    "UncertaintySampling": "The batch lies on the boundaries. Near copies on a boundary are asked "
    "for together.",
}
