# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# report.sh: the results as Markdown that also reads well as plain text.  To be read by `.`.
#
# Environment: work, cache, root (folders), main_kind and main_count (of the rows in the first
# table), main_name (what that map is), scaled (1: there are maps of other sizes).

# A number with three digits or so: 0.0912, 5.47, 87.2, 1234.
number_functions='
    function short(x, metric) {
        if (metric == "bytes") return sprintf("%.2f", x)
        if (x >= 100) return sprintf("%d", x + 0.5)
        return sprintf(x < 1 ? "%.3f" : x < 10 ? "%.2f" : "%.1f", x)
    }
    function grouped(n,   text) {
        for (text = ""; n >= 1000; n = int(n / 1000)) text = "," sprintf("%03d", n % 1000) text
        return n text
    }'

main_table() {
    awk -F '\t' -v kind="$main_kind" -v count="$main_count" "$number_functions"'
        BEGIN {
            split("bytes address-warm address-cold name-warm name-cold iterate in-order names generate memory",
                order, " ")
            title["bytes"] = "bytes a symbol"
            title["address-warm"] = "address → name, caches warm, ns"
            title["address-cold"] = "address → name, caches flushed, ns"
            title["name-warm"] = "name → address, caches warm, ns"
            title["name-cold"] = "name → address, caches flushed, ns"
            title["iterate"] = "all names and addresses, ns each"
            title["in-order"] = "the same in address order, ns each"
            title["names"] = "all names, ns each"
            title["generate"] = "make the table, CPU s"
            title["memory"] = "... its peak memory, MB"
        }
        $1 == kind && $2 == count { linux[$4] = $5; ours[$4] = $6; ratio[$4] = $7 }
        END {
            printf "| %-34s | %8s | %8s | %12s |\n", "", "Linux", "Onoma", "Linux / Onoma"
            print "|---|--:|--:|--:|"
            for (i = 1; i in order; i++) {
                m = order[i]
                # An arrow is one column and three bytes.
                pad = title[m] ~ /→/ ? 36 : 34
                printf "| %-" pad "s | %8s | %8s | %12s× |\n",
                    title[m], short(linux[m], m), short(ours[m], m), ratio[m]
            }
        }' "$work/results"
}

scaling_table() {
    awk -F '\t' "$number_functions"'
        {
            key = $1 FS $2
            if (!(key in length_of)) { keys[++n] = key; length_of[key] = $3 }
            linux[key, $4] = $5; ours[key, $4] = $6; ratio[key, $4] = $7
        }
        function pair(key, m) { return short(linux[key, m], m) " / " short(ours[key, m], m) }
        END {
            print "| names | symbols | bytes a name | bytes a symbol | address → name " \
                "| name → address | iterate | make, CPU s | | its MB |"
            print "|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
            for (i = 1; i <= n; i++) {
                k = keys[i]
                split(k, part, FS)
                printf "| %s | %s | %s | %s | %s× | %s× | %s× | %s | %s× | %s |\n",
                    part[1], grouped(part[2]), length_of[k], pair(k, "bytes"),
                    ratio[k, "address-warm"], ratio[k, "name-warm"], ratio[k, "iterate"],
                    pair(k, "generate"), ratio[k, "generate"], pair(k, "memory")
            }
        }' "$work/results"
}

versions() {
    for deb in "$cache"/linux-source-6.1_*.deb "$cache"/linux-kbuild-6.1_*.deb "$@"; do
        if [ -e "$deb" ]; then
            basename "$deb" .deb | sed 's/%3a/:/g; s/_[a-z0-9]*$//; s/_/ /'
        fi
    done | paste -s -d ',' | sed 's/,/, /g'
}

machine() {
    awk -F ': ' '/^model name/ { print $2; exit }' /proc/cpuinfo
}

report() { # COMMAND
    commit=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
    changed=$(git -C "$root" status --porcelain -- src/ksyms scripts 2>/dev/null)
    cat <<END
# Figures

Linux's symbol table and ours, in the same minutes on the same machine. Made by

    $1

on $(date -u +%Y-%m-%d), commit $commit${changed:+ with changes}, $(machine) ($(nproc) cores),
$(gcc --version | head -n 1).

## $main_name

$(main_table)

The code that reads our table has $(cut -d " " -f 1 "$work/resolver") bytes at -Os, of which $(cut -d " " -f 2 "$work/resolver") are for
nearest names, which only reports of the loader ask for.

Linux stores no sizes: what it calls a symbol's size is the distance to the next one. Ours are those of the
linker. Linux iterates in address order, names with their addresses. Ours iterates in name order, with addresses in an
array that the caller has room for (\`ksyms_table_list_addresses\`, whose time counts here); in address order it has to find
each name on its own.

END
    if [ "$scaled" = 1 ]; then
        cat <<END
## From 1,000 to 2,000,000 symbols

![Size, time to make, and look-up times of both tables over the number of symbols](figures.svg)

Pairs are Linux / Onoma; × is how many times as fast as Linux ours is, caches warm.

$(scaling_table)

**C** is the kernel's map, or runs of 64 neighbouring symbols of it, moved together as a linker would place them. **C++**: up to 300,000 symbols runs of a map of
VTK 9.1, libtorch 1.13 (what their shared libraries export) and the static libraries of LLVM, Clang and MLIR 16, linked into
one with GNU ld: 551,505 symbols. 600,000 and more are all of these, then deal.II 9.4.1, whose names are longer, then LLVM,
Clang and MLIR 15. Libraries lie one behind the other as in a process. Names of 511 bytes and more are left out: Linux's
program drops those above 511, and puts equal ones of 511 in a wrong order.

What C++ repeats is longer than a word: \`NSt7__cxx1112basic_stringIcSt11char_traitsIcESaIcEEE\`, lists of arguments. Codes that
stand for several tokens (phrases, FORMAT.md) took 600,000 names from 17.95 to 11.95 bytes. Look-ups take as long as without;
to read all names in order takes 1.4 times as long. Shorter names take less: the 455,459 that the shared libraries of VTK 9.1,
libtorch 1.13, LLVM and Clang 14 to 16 and MLIR 15 and 16 export have 71.8 bytes on average, and take 9.30 bytes a symbol
(11.41 without phrases).

Names of C have no phrases: the kernel's would take 7.81 bytes instead of 7.94, but a look-up by address a fifth longer.

The 1,000 symbols are 16 pieces of a kernel, which share little. Their names, as text in byte order, are 5.8 bytes each in
xz -9e, which must be read from its start; here they are 7.2 with their dictionary. Other thousands, of neighbours in the
kernel, take from 7.2 to 11.4 bytes a symbol, Onoma's own 1,057 take 9.7. Tried: to write each word anew with the tokens that
cost least, and to drop those that are not worth their place, takes 0.13 bytes less (of 3,000 symbols 0.18, of the kernel's
0.04), but 200 lines more and a sixth of the generator's time. Phrases take nothing off. The zero bytes between parts, and
lengths of tokens that have room for phrases, are 0.1 bytes together.

END
    fi
    cat <<END
## Where the bytes are

Linux (sections of the object, bytes, bytes a symbol):

\`\`\`
$(cat "$work/linux.parts")
\`\`\`

Ours (\`gen_ksyms --stats\`):

\`\`\`
$(cat "$work/ours.parts")
\`\`\`

## The same answers

Before anything is timed, both answer the same questions; a difference without a reason ends the benchmark. Here:

\`\`\`
$(cat "$work/main.checked")
\`\`\`

Reasons: two names of one address, of which each side has its own rule for the best; addresses that no symbol covers, where
Linux names the last symbol before; labels without a size inside a function, which we call by the function's name;
labels with a dot and without a size, which gen_ksyms leaves out.

## How it is measured

- Linux's side is its own \`kernel/kallsyms.c\`, unchanged, from Debian's linux-source-6.1, over tables that its own program
  \`kallsyms\` of linux-kbuild-6.1 made with the options of Debian's kernels. Ours is \`src/ksyms/\`. Both are compiled
  with -O2, without vector registers, functions at cache lines (elsewhere Linux takes up to 1.7 times as long), into one
  program; both tables are read-only data of it. String functions are glibc's for both. Here: $(versions $main_packages).
- The two take turns. Times are medians, of CPU time but for flushed caches; a ratio is the median of the turns' ratios, which a drift of the
  machine leaves alone. Absolute times differ by 20 % from run to run.
- Warm: 41 batches of 2,048 random symbols, each batch new, after 8,192 others that fill the caches. Flushed: up to 401 single look-ups, each after both tables
  left all caches by \`clflush\`; code, stack and TLB stay warm.
- Making: CPU time (user and system) of whole commands, including their start. Linux's \`kallsyms\`, then gcc to assemble what it wrote; ours is
  one command and a blob, for \`.incbin\`. The median of 11 runs, of 3 above 100,000 symbols, one above 400,000.
- The programs are in \`test/bench/\`. Nothing of Linux is in this repository.
END
}
