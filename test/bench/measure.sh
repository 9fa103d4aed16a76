# SPDX-License-Identifier: MIT
# shellcheck shell=sh
#
# measure.sh: build what measures, and measure one map.  To be read by `.`.
#
#     build_tools              $work/maps, alternate, plot, gen_ksyms, kit/*.o, kallsyms.o
#     measure_map KIND MAP     rows for $work/results: KIND count length metric Linux ours ratio
#
# Both resolvers are compiled as kernels are, without vector registers ($look_up_flags).  Functions
# begin at cache lines, because Linux's look-ups take up to 1.7 times as long where they do not: a
# change elsewhere in the program moved them.
#
# Environment: root (the checkout), bench, linux, work (folders).

look_up_flags="-std=gnu11 -O2 -mgeneral-regs-only -fno-pie"
look_up_flags="$look_up_flags -ffunction-sections -falign-functions=64"
host_flags="-std=gnu11 -O2 -Wall -Wextra -Wshadow"

build_tools() {
    kit=$root/src/ksyms
    gcc $host_flags -o "$work/maps" "$bench/maps.c" "$bench/map.c"
    gcc $host_flags -o "$work/plot" "$bench/plot.c" -lm
    gcc $host_flags -o "$work/alternate" "$bench/alternate.c" "$bench/map.c" "$bench/measure.c"
    gcc $host_flags -I "$kit/include" -I "$kit" -o "$work/gen_ksyms" \
        "$root"/scripts/gen_ksyms*.c "$kit"/*.c
    mkdir -p "$work/kit"
    (cd "$work/kit" && gcc $look_up_flags -I "$kit/include" -c "$kit"/*.c)
    maps_tool=$work/maps
}

build_linux() {
    gcc $look_up_flags -w -I "$linux/shim" -I "$bench" -c -o "$work/kallsyms.o" \
        "$linux/shim/kallsyms.c"
}

# Bytes of the code that reads a blob, at -Os as a small kernel would have it: all, and for nearest names.
resolver_bytes() {
    mkdir -p "$work/small"
    (cd "$work/small" && gcc $look_up_flags -Os -falign-functions=1 -fno-asynchronous-unwind-tables \
        -I "$root/src/ksyms/include" -c "$root"/src/ksyms/table*.c)
    size -t "$work"/small/*.o | awk '/table_nearest/ { nearest = $1 } END { print $1, nearest }'
}

# link_lookups MAP: $work/lookups with both tables inside.
link_lookups() {
    text=$(awk '$NF == "_text" { print $1; exit }' "$1")
    cat >"$work/blob.S" <<END
        .section .rodata
        .balign 64
        .globl bench_blob, bench_blob_end
bench_blob:
        .incbin "$work/blob"
bench_blob_end:
        .section .note.GNU-stack, "", @progbits
END
    gcc $host_flags -fno-pie -no-pie -Wl,--gc-sections -Wl,--defsym=_text=0x"${text:-0}" \
        -I "$root/src/ksyms/include" -o "$work/lookups" "$bench/lookups.c" "$bench/subjects.c" \
        "$bench/check.c" "$bench/map.c" "$bench/measure.c" "$work/kallsyms.o" "$work"/kit/*.o \
        "$work/table.o" "$work/blob.S"
}

# Few rounds where one takes long.
rounds_for() { # COUNT
    if [ "$1" -le 100000 ]; then echo 11; elif [ "$1" -le 400000 ]; then echo 3; else echo 1; fi
}

measure_map() {
    kind=$1 map=$2
    "$work/maps" describe "$map" >"$work/description"
    read -r count length <"$work/description"
    note "$kind: $count symbols"
    "$work/maps" plain "$map" >"$work/plain"

    # As scripts/link-vmlinux.sh calls them, with Debian's configuration.
    "$work/alternate" "$(rounds_for "$count")" \
        "'$linux/kallsyms' --all-symbols --absolute-percpu --base-relative '$work/plain' >'$work/table.S'" \
        "gcc -DBITS_PER_LONG=64 -Wa,--noexecstack -c -o '$work/table.o' '$work/table.S'" \
        "'$work/gen_ksyms' -o '$work/blob' '$map'" >"$work/generators" || return 1
    link_lookups "$map" || return 1
    "$work/lookups" "$map" >"$work/answers" || return 1

    {
        awk -v OFS='\t' '
            NR < 4 { seconds[NR] = $1; peak[NR] = $2 }
            END {
                print "generate", seconds[1] + seconds[2], seconds[3], $1
                most = peak[1] > peak[2] ? peak[1] : peak[2]
                print "memory", most, peak[3], sprintf("%.2f", most / peak[3])
            }' "$work/generators"
        grep -v '^#' "$work/answers"
    } | sed "s/^/$kind	$count	$length	/" >>"$work/results"
    sed -n 's/^# //p' "$work/answers" >"$work/checked"
    sed "s/^/bench: /" "$work/checked" >&2
}

# Where Linux's bytes are: the distance from one of its labels to the next.
linux_parts() { # COUNT
    {
        nm -n "$work/table.o" | awk '$3 ~ /^kallsyms_/'
        size -A -x "$work/table.o" | awk '$1 == ".rodata" { print substr($2, 3), "R", "end" }'
    } | awk -v count="$1" '
        function number(text,   value, i) {
            for (i = 1; i <= length(text); i++)
                value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
            return value
        }
        name != "" { bytes = number($1) - start
                     printf "%-24s %10d %8.3f\n", name, bytes, bytes / count; total += bytes }
        { name = $3; start = number($1) }
        END { printf "%-24s %10d %8.3f\n", "total", total, total / count }'
}
