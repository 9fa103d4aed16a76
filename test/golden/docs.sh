#!/bin/sh
# SPDX-License-Identifier: MIT
#
# docs.sh: what the documents say of the code is there.
#
# 1. The options of src/kernel/boot/options.c are those of the table in docs/command-line.md, and each
#    document begins with its title.
# 2. Every file and folder that the documents name in links exists.
# 3. Every option of run.sh is in the README or in its own help.
# 4. Every command and option of ksyms and every option of gen_trace is in docs/ksyms.md.
#
# Environment: SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
begin

cd "$SOURCE_DIRECTORY" || exit 1
options=$(sed -n 's/^ *{\.name = "\([a-z_.]*\)",.*/\1/p' src/kernel/boot/options.c)
check "options.c has options" test -n "$options"
# The rows of the one table below "## Options": `debug` and `debug=gdb` are one option.
sed -n '/^## Options$/,/^## / s/^| `\([a-z_.]*\).*/\1/p' docs/command-line.md | uniq >"$scratch/found"
printf '%s\n' $options >"$scratch/wanted"
same "options.c and the table of options in docs/command-line.md" "$scratch/wanted" "$scratch/found"

for document in README.md HACKING.md docs/*.md src/ksyms/*.md examples/*.md; do
    check "$document begins with its title" sh -c "head -n 1 $document | grep -q '^# '"
    directory=$(dirname "$document")
    links=$(grep -o '](\([^)#]*\)[)#]' "$document" | sed 's/^](//; s/[)#]$//' | grep -v '^https\{0,1\}:' | sort -u)
    for link in $links; do
        check "$document links $link" test -e "$directory/$link"
    done
done

# The tree that HACKING.md draws.
sed -n '/^## Where/,/^## /p' HACKING.md >"$scratch/drawn"
for name in $(ls -d src/kernel/*/ test/*/ | xargs -n 1 basename); do
    check "HACKING.md draws $name/" grep -q "\(^\| \)$name/" "$scratch/drawn"
done
for document in docs/*.md; do
    case $document in docs/figures*) name='figures\*.md' ;; *) name=${document#docs/} ;; esac
    check "HACKING.md draws $document" grep -q "$name" "$scratch/drawn"
done

for option in $(sed -n 's/^#     \(--[a-z]*\).*/\1/p' scripts/run.sh); do
    check "README.md names $option" grep -q -e "$option" README.md
done
commands=$(sed -n 's/^ *"[a-z: ]* *ksyms \([a-z]*\) .*/\1/p' scripts/ksyms.c | sort -u)
check "ksyms.c has the commands of its table" test "$(echo "$commands" | grep -c .)" -ge 8
for command in $commands; do
    check "docs/ksyms.md names ksyms $command" grep -q "\`ksyms $command " docs/ksyms.md
done
for option in $(sed -n '/^static const char usage_text/,/;$/p' scripts/ksyms.c | grep -o -e '--[a-z]*' | sort -u); do
    check "docs/ksyms.md names ksyms $option" grep -q -e "$option" docs/ksyms.md
done
for option in $(sed -n 's/^ *"  .* \(--[a-z-]*\) .*/\1/p' scripts/gen_trace.c | grep -v -e --help -e --output); do
    check "docs/ksyms.md names gen_trace $option" grep -q -e "$option" docs/ksyms.md
done
# What docs/how-it-works.md types: options of programs, and commands of the prompt.
page=docs/how-it-works.md
sed -n 's/.*build\/scripts\/\([a-z_]*\) \(-[^ ]*\|[a-z]*\) .*/\1 \2/p; s/.*\$G \(--[a-z]*\).*/gen_ksyms \1/p; s/.*`\(ksyms\|gen_[a-z]*\) \(--[a-z-]*\|lookup\|decode\|frames\|demangle\)[` ].*/\1 \2/p' \
    $page | grep " [a-z-]" | sort -u >"$scratch/typed"
check "$page uses programs" test -s "$scratch/typed"
while read -r program word; do
    check "$page: $program $word" grep -q -e "[ \"]${word#--}\b" -e "$word\b" "scripts/$program.c"
done <"$scratch/typed"
for command in $(sed -n 's/^onoma> //p' $page | tr ';' '\n' | awk '{ print $1 }' | sort -u); do
    check "$page: $command" grep -rqE "\.name = \"$command\"" src/kernel modules
done

for pass in $(sed -n '/passes\[\]/,/};/s/^    \([a-z_]*\),.*/\1/p' src/kernel/module/load.c); do
    check "$page: the pass $pass" grep -q "^|.*\`$pass\`" $page
done
finish
