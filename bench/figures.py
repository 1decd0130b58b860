# SPDX-License-Identifier: MIT
"""Samples -> figures: medians, quartiles, ratios pair by pair."""
import math


def percentile(samples, percent):
    """A percentile of the samples, interpolated between the two nearest ones."""
    ordered = sorted(samples)
    at = (len(ordered) - 1) * percent / 100
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


def summary(samples, scale=1):
    """Count, median, quartiles and 99th percentile; half of the samples lie between the quartiles."""
    return {"count": len(samples), "median": percentile(samples, 50) * scale,
            "quartiles": [percentile(samples, 25) * scale, percentile(samples, 75) * scale],
            "p99": percentile(samples, 99) * scale}


def ratio(samples, others):
    """Ratios of samples of the same round, so that a slow moment of the machine cancels out."""
    return summary([mine / theirs for mine, theirs in zip(samples, others)])
