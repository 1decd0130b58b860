# SPDX-License-Identifier: MIT
"""The two pictures of the README, drawn by gnuplot."""
import subprocess

COMMON = """\
set terminal svg size 760,%(height)d font "sans-serif,13" background rgb "white"
set output "%(output)s"
set title "%(title)s"
set style fill solid noborder
set border 1
set yrange [%(count)g-0.5:-0.5]
set ytics nomirror scale 0
set xtics nomirror
set grid xtics lc rgb "#dddddd"
set key %(key)s
"""


def bars(entries, offset, height):
    """Horizontal bars as gnuplot's boxxyerror wants them: a label, its place, a value."""
    return "".join('"%s" %g %g %g\n' % (label, place + offset, value, height)
                   for place, (label, value) in enumerate(entries))


def draw(script, blocks):
    data = "".join("$block%d << END\n%sEND\n" % block for block in enumerate(blocks))
    subprocess.run(["gnuplot"], input=(data + script).encode(), check=True)


def label_axis(entries):
    return "set ytics (%s)\n" % ", ".join('"%s" %d' % (label, place)
                                          for place, (label, _) in enumerate(entries))


def start(path, results, names):
    """The time of a start as a multiple of the floor's, with small and with large account files."""
    few, many = results["50"], results["100000"]
    small = [(name, few[name]["to floor"]["median"]) for name in names]
    large = [(name, many[name]["to floor"]["median"]) for name in names]
    script = COMMON % {"height": 120 + 44 * len(names), "output": path, "count": len(names),
                       "key": "bottom right",
                       "title": "Time until a program runs as another user\\n"
                                "as a multiple of vfork + exec + wait; log scale; lower is better"}
    script += label_axis(small) + 'set logscale x\nset xrange [0.8:*]\n'
    script += ('plot $block0 using (0.8):2:(0.8):3:($2-$4):($2+$4) with boxxyerror '
               'lc rgb "#1f77b4" title "account files of 50 lines", '
               '"" using 3:2:(sprintf(" %.2f", $3)) with labels left notitle, '
               '$block1 using (0.8):2:(0.8):3:($2-$4):($2+$4) with boxxyerror '
               'lc rgb "#aec7e8" title "of 100,000 lines", '
               '"" using 3:2:(sprintf(" %.0f", $3)) with labels left notitle\n')
    draw(script, [bars(small, -0.2, 0.18), bars(large, 0.2, 0.18)])


def memory(path, results, names):
    """The memory of an idle init."""
    resident = [(name, results[name]["Rss"]) for name in names]
    private = [(name, results[name]["Private_Dirty"]) for name in names]
    script = COMMON % {"height": 120 + 44 * len(names), "output": path, "count": len(names),
                       "key": "bottom right",
                       "title": "Memory of an idle init, KiB; log scale; lower is better"}
    script += label_axis(resident) + 'set logscale x\nset xrange [10:*]\n'
    script += ('plot $block0 using (10):2:(10):3:($2-$4):($2+$4) with boxxyerror '
               'lc rgb "#2ca02c" title "resident", '
               '"" using 3:2:(sprintf(" %d", $3)) with labels left notitle, '
               '$block1 using (10):2:(10):3:($2-$4):($2+$4) with boxxyerror '
               'lc rgb "#98df8a" title "private and written to", '
               '"" using 3:2:(sprintf(" %d", $3)) with labels left notitle\n')
    draw(script, [bars(resident, -0.2, 0.18), bars(private, 0.2, 0.18)])
