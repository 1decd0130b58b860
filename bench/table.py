# SPDX-License-Identifier: MIT
"""The results as one table: a column for each contender, a row for each figure."""

LABEL_WIDTH = 36
WIDTH = 13


def number(value):
    if value is None:
        return "-"
    if isinstance(value, int):
        return format(value, ",")
    if value >= 10000:
        return format(value / 1000, ",.1f" if value < 100000 else ",.0f") + "k"
    return format(value, ".2f" if value < 10 else ".1f" if value < 100 else ",.0f")


def spread(figures, key=None):
    """The quartiles, between which half of the samples lie, as 12.3-14.5."""
    quartiles = (figures[key] if key else figures)["quartiles"]
    return "-".join(number(float(value)) for value in quartiles)


def of(results, getter):
    """A function from a contender's name to getter(its figures), or to - where it has none."""
    return lambda name: getter(results[name]) if name in results else "-"


def timed(label, results):
    """Three rows: median, spread, and dinit-su as a multiple of each, pair by pair."""
    yield label, of(results, lambda figures: number(figures["median"]))
    yield "  half of them", of(results, spread)
    yield "  dinit-su is x times that", of(
        results, lambda figures: number(figures["dinit-su to this"]["median"]))


def start_rows(start):
    for lines, results in start.items():
        yield from timed("start, us (account files: %s lines)" % format(int(lines), ","), results)
        yield "  x times the floor", of(results,
                                        lambda figures: number(figures["to floor"]["median"]))
        yield "  half of those ratios", of(results, lambda figures: spread(figures, "to floor"))
        yield "  with the caches of another", of(
            results, lambda figures: number(figures["first to floor"]["median"]))


def work_rows(work):
    yield "system calls to start", of(work["system calls"], number)
    yield "system calls to stop", of(work["system calls to stop"], number)
    yield "user instructions to start", of(work["instructions"], number)
    yield "page faults", of(work["page faults"], lambda figures: number(int(figures["median"])))


def memory_rows(memory):
    for key, label in (("Rss", "resident memory of init, KiB"), ("Pss", "  proportional (PSS)"),
                       ("Private_Dirty", "  private and written to"),
                       ("page tables", "  its page tables, in the kernel")):
        yield label, of(memory, lambda figures, key=key: number(figures[key]))
    yield "on disk with shared libraries, KiB", of(
        memory, lambda figures: number(round(figures["bytes on disk"] / 1024)))


def signal_rows(label, results):
    yield from timed("signal to handler, us, " + label, results)
    yield "  99th percentile", of(results, lambda figures: number(figures["p99"]))


def rows(results):
    yield from start_rows(results["start"])
    yield from timed("first start, not in memory, us", results["first"])
    yield from work_rows(results["work"])
    yield from memory_rows(results["memory"])
    yield "all memory for one idle init, KiB", of(results["node"], number)
    idle = results["idle"]
    yield "wake-ups in %g s" % idle["seconds"], of(idle["wake-ups"], number)
    yield from signal_rows("idle", results["signals"]["idle"])
    yield from signal_rows("orphans dying", results["signals"]["storm"])
    yield from timed("orphans reaped a second", results["reaping"])
    yield "  init's processor s for 100,000", of(
        results["reaping"], lambda figures: number(figures["processor seconds for 100,000"]))
    yield from stop_rows(results["stop"])


def stop_rows(stop):
    yield from timed("stop, ms", stop["alone"])
    yield from timed("stop with 50 leftovers, ms", stop["leftovers"])


def alone(results):
    """A line about the start when no peer has a turn in between."""
    own, again = results["dinit-su"], results["floor again"]
    return ("beside the floor alone (account files: 50 lines): %s times the floor (half of the "
            "ratios %s), the floor %s times itself (%s), with the caches of another %s" %
            (number(own["to floor"]["median"]), spread(own, "to floor"),
             number(again["to floor"]["median"]), spread(again, "to floor"),
             number(own["first to floor"]["median"])))


def noise(start):
    """Lines about the noise of the machine and the cost of reading, for each size of account files."""
    for lines, results in start.items():
        again, reads = results["floor again"]["to floor"], results["floor that reads"]
        yield ("account files of %s lines: the floor is %s times itself (half of the ratios %s); "
               "one that reads both files once is %s times the floor, dinit-su %s times that" %
               (format(int(lines), ","), number(again["median"]), spread(again),
                number(reads["to floor"]["median"]), number(reads["dinit-su to this"]["median"])))


def of_stop(results, names):
    """The rows of the stop alone."""
    return "\n".join(lines_of(stop_rows(results), names))


def render(results, names):
    return "\n".join(lines_of(rows(results), names) +
                     ["", alone(results["floor"])] + list(noise(results["start"])))


def lines_of(its_rows, names):
    """Lines of text; the heading has two, as a pair of programs takes both."""
    halves = [(name.partition("+")[0], "+" + name.partition("+")[2] if "+" in name else "")
              for name in names]
    lines = ["".join([" " * LABEL_WIDTH] + [half[i].rjust(WIDTH) for half in halves])
             for i in range(2)]
    for label, cell in its_rows:
        lines.append(label.ljust(LABEL_WIDTH) + "".join(cell(name).rjust(WIDTH) for name in names))
    return lines
