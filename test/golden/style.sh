#!/bin/sh
# SPDX-License-Identifier: MIT
#
# style.sh: each file that can have comments says its licence in one of its first three lines.
#
# Environment: SOURCE_DIRECTORY the checkout.
. "$(dirname "$0")/check.sh"
begin

without_licence() { # FOLDER
    (cd "$1" && find . -name .git -prune -o -path './build*' -prune -o -type f -print | sort) |
        while IFS= read -r file; do
            case ${file#./} in
            LICENSE | *.md | *.json | *.png | *.svg) continue ;;
            cmake/linker_script.txt) continue ;;                              # is printed
            test/golden/demangle.names | test/golden/types/device.txt) continue ;; # each line is compared
            test/fuzz/corpus/*) continue ;;                                   # any bytes
            esac
            head -n 3 "$1/$file" | grep -q 'SPDX-License-Identifier: MIT' || echo "${file#./}"
        done
}
without_licence "$SOURCE_DIRECTORY" >without
empty "files without SPDX-License-Identifier: MIT" without

mkdir -p tree/test
echo '/* a.c */' >tree/test/a.c
echo '# SPDX-License-Identifier: MIT' >tree/run
echo '# Title' >tree/a.md
same_text "a file without a licence is seen" test/a.c "$(without_licence tree)"
finish
