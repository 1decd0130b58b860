# SPDX-License-Identifier: MIT
"""Samples -> figures: medians, quartiles, ratios pair by pair."""
import math


def percentile(samples, percent):
    """With linear interpolation between the two nearest samples."""
    ordered = sorted(samples)
    at = (len(ordered) - 1) * percent / 100
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return low + (high - low) * (at - math.floor(at))


def summary(samples, scale=1):
    """Half of the samples lie between the quartiles."""
    return {"count": len(samples), "median": percentile(samples, 50) * scale,
            "quartiles": [percentile(samples, 25) * scale, percentile(samples, 75) * scale],
            "p99": percentile(samples, 99) * scale}


def ratio(samples, others):
    """Each sample to the other's of the same round: what slows both down cancels out."""
    return summary([mine / theirs for mine, theirs in zip(samples, others)])
