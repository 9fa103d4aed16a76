// SPDX-License-Identifier: MIT
/*
 * index_text.h: lines, words and patterns of the index files of a tree of modules (modules.dep,
 * modules.alias, modules.softdep, modules.symbols; format: depmod's, see scripts/gen_modules.c).
 *
 * Pure: texts are the caller's and are not NUL-ended; nothing allocates or prints.  Any bytes may
 * be given: each function is bounded by the length of what it reads.
 *
 *     struct text rest = all, line, word;
 *     while (text_next_line(&rest, &line)) {
 *         while (text_next_word(&line, &word)) {
 */
#ifndef MODULE_INDEX_TEXT_H
#define MODULE_INDEX_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* A part of a longer text. */
struct text {
    const char *start;
    size_t length;
};

/* Cut the next line off that is neither empty nor a comment; without its end. */
bool text_next_line(struct text *rest, struct text *line);

/* Cut the first, or the last, word off: what stands between blanks. */
bool text_next_word(struct text *rest, struct text *word);
bool text_last_word(struct text *rest, struct text *word);

bool text_is(struct text text, const char *string);

/* The number of the first line that holds a byte which is neither ASCII's printable ones nor a tab;
 * 0 if there is none. */
size_t text_damaged_line(struct text text);

/* Which line is that, counted from 1?  `place` points into `all`. */
size_t text_line_number(struct text all, const char *place);

/* Copy as a string: false if it does not fit, or is empty. */
bool text_copy(struct text text, char *buffer, size_t capacity);

/* `kernel/net/snd-pcm.ko` -> `snd-pcm`; false if it is no path of a module. */
bool text_module_of_path(struct text path, struct text *name);

/* A line of modules.dep, `path: path path`. */
bool text_split_dependencies(struct text line, struct text *path, struct text *dependencies);

/* A line of modules.alias or modules.symbols, `alias PATTERN MODULE`. */
bool text_split_alias(struct text line, struct text *pattern, struct text *module);

/* A line of modules.softdep, `softdep MODULE pre: A B post: C`: the module, and the rest. */
bool text_split_soft(struct text line, struct text *module, struct text *soft);

/* The next module of such a rest, and on which side it stands.  *side is TEXT_SOFT_NONE at first,
 * and then belongs to this function; words before the first `pre:` or `post:` are passed over. */
enum text_soft { TEXT_SOFT_NONE, TEXT_SOFT_PRE, TEXT_SOFT_POST };
bool text_next_soft(struct text *rest, enum text_soft *side, struct text *module);

/*
 * Does the pattern match all of `name`?  `*` stands for any bytes, `?` for one, `[a-c_]` for one of
 * these and `[!a-c]` for one of all others, as in fnmatch(3) with FNM_NOESCAPE; a `[` that is not
 * closed is itself.  Outside brackets '-' and '_' are the same.  At most length * strlen(name)
 * steps.
 */
bool text_pattern_matches(struct text pattern, const char *name);

#endif
