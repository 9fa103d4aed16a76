// SPDX-License-Identifier: MIT
/*
 * gen_trace_text.c: texts -> symbols, and the choice of the tokens among them.
 *
 * A token is a piece of up to 8 bytes that many names have.  The longest one that fits is taken.
 * Candidates are made by joining the two neighbours that are most often side by side, again and
 * again; those are chosen that save most bits.
 */
#include <math.h>
#include <stdlib.h>
#include "gen_trace.h"
#include "ksyms/lines.h"
#include "ksyms/trace_format.h"

static char tokens[KSYMS_TEXT_TOKENS][KSYMS_TEXT_TOKEN_SIZE];
static bool has_tokens;

/* All texts that were put, each with the byte before it, and a 0 byte behind. */
static struct buffer all_texts;
static bool is_counting;

void count_texts(void)
{
    is_counting = true;
}

static size_t token_length(unsigned token)
{
    size_t length = 0;
    while (length < KSYMS_TEXT_TOKEN_SIZE && tokens[token][length] != '\0') {
        length++;
    }
    return length;
}

/* The longest token that `text` begins with; KSYMS_TEXT_TOKENS: none. */
static unsigned find_token(const char *text)
{
    unsigned found = KSYMS_TEXT_TOKENS;
    size_t longest = 0;

    for (unsigned token = 0; token < KSYMS_TEXT_TOKENS; token++) {
        size_t length = token_length(token);
        if (length > longest && tokens[token][0] == text[0] &&
            strncmp(text, tokens[token], length) == 0) {
            found = token;
            longest = length;
        }
    }
    return found;
}

static void put_tokens(struct code_buffer *bits, const char *text, uint8_t before)
{
    for (;;) {
        unsigned code = ksyms_lines_text_code(before), token;
        uint8_t byte = (uint8_t)*text;
        size_t length = 1;

        if (byte == 0) {
            put_symbol(bits, code, 0);
            return;
        }
        token = find_token(text);
        if (token < KSYMS_TEXT_TOKENS) {
            put_symbol(bits, code, KSYMS_TEXT_FIRST_TOKEN + token);
            length = token_length(token);
        } else if (byte > KSYMS_TEXT_RAW && byte < KSYMS_TEXT_FIRST_TOKEN) {
            put_symbol(bits, code, byte);
        } else {
            put_symbol(bits, code, KSYMS_TEXT_RAW);
            put_high_bits(bits, byte, 8);
        }
        text += length;
        before = (uint8_t)text[-1];
    }
}

void put_text(struct code_buffer *bits, const char *text, uint8_t before)
{
    if (!has_tokens) {
        memcpy(tokens, ksyms_text_tokens, sizeof(tokens));
        has_tokens = true;
    }
    if (is_counting) {
        put_number(&all_texts, before, 1);
        put_bytes(&all_texts, text, strlen(text) + 1);
    }
    put_tokens(bits, text, before);
}

/* ---- The choice ---- */

/* Pieces that are joined before the best are chosen. */
#define JOINED_MAX 768
#define PIECES     (KSYMS_TEXT_FIRST_TOKEN + JOINED_MAX)

struct piece {
    char bytes[KSYMS_TEXT_TOKEN_SIZE];
    unsigned length;
    double gain; /* bits that it saves */
};

struct choice {
    struct piece pieces[PIECES]; /* the first are bytes */
    unsigned piece_count;
    uint16_t *text; /* numbers of pieces; 0 between texts */
    size_t text_size;
    uint32_t pair_counts[PIECES][PIECES];
};

/* Join the two that are neighbours most often.  False if none fit. */
static bool join_pieces(struct choice *choice)
{
    unsigned left = 0, right = 0, made = choice->piece_count;
    struct piece *piece = &choice->pieces[made];
    uint32_t most = 0;
    size_t kept = 0;

    memset(choice->pair_counts, 0, sizeof(choice->pair_counts));
    for (size_t i = 0; i + 1 < choice->text_size; i++) {
        choice->pair_counts[choice->text[i]][choice->text[i + 1]]++;
    }
    for (unsigned a = KSYMS_TEXT_RAW + 1; a < made; a++) {
        for (unsigned b = KSYMS_TEXT_RAW + 1; b < made; b++) {
            if (choice->pair_counts[a][b] > most &&
                choice->pieces[a].length + choice->pieces[b].length <= KSYMS_TEXT_TOKEN_SIZE) {
                most = choice->pair_counts[a][b];
                left = a;
                right = b;
            }
        }
    }
    if (most == 0) {
        return false;
    }
    *piece = choice->pieces[left];
    memcpy(piece->bytes + piece->length, choice->pieces[right].bytes, choice->pieces[right].length);
    piece->length += choice->pieces[right].length;
    choice->piece_count++;
    for (size_t i = 0; i < choice->text_size; i++) {
        bool is_pair =
            i + 1 < choice->text_size && choice->text[i] == left && choice->text[i + 1] == right;
        choice->text[kept++] = (uint16_t)(is_pair ? made : choice->text[i]);
        i += is_pair;
    }
    choice->text_size = kept;
    return true;
}

/*
 * A code that depends on the byte before spends on a piece what its bytes are unlikely behind each
 * other; a token what it is unlikely among what begins with that byte.
 */
static void find_gains(struct choice *choice)
{
    static uint32_t pairs[256][256], bytes[256], uses[PIECES];

    for (size_t i = 0; i + 1 < all_texts.size; i++) {
        pairs[all_texts.bytes[i]][all_texts.bytes[i + 1]]++;
        bytes[all_texts.bytes[i]]++;
    }
    for (size_t i = 0; i < choice->text_size; i++) {
        uses[choice->text[i]]++;
    }
    for (unsigned i = KSYMS_TEXT_FIRST_TOKEN; i < choice->piece_count; i++) {
        struct piece *piece = &choice->pieces[i];
        uint8_t first = (uint8_t)piece->bytes[0];
        double bits = uses[i] > 0 ? log2((double)uses[i] / bytes[first]) : 0;
        for (unsigned at = 1; at < piece->length; at++) {
            uint8_t before = (uint8_t)piece->bytes[at - 1];
            bits -= log2((double)pairs[before][(uint8_t)piece->bytes[at]] / bytes[before]);
        }
        piece->gain = bits * uses[i];
    }
}

static int compare_gains(const void *left, const void *right)
{
    const struct piece *a = left, *b = right;
    return (a->gain < b->gain) - (a->gain > b->gain);
}

static void start_choice(struct choice *choice)
{
    choice->text = allocate(all_texts.size, sizeof(*choice->text));
    choice->text_size = all_texts.size;
    choice->piece_count = KSYMS_TEXT_FIRST_TOKEN;
    for (unsigned i = 0; i < KSYMS_TEXT_FIRST_TOKEN; i++) {
        choice->pieces[i] = (struct piece){{(char)i}, 1, 0};
    }
    /* The bytes before the texts count as ends: nothing is joined with them. */
    for (size_t i = 0; i < all_texts.size; i++) {
        bool is_before = i == 0 || all_texts.bytes[i - 1] == 0;
        uint8_t byte = all_texts.bytes[i];
        choice->text[i] = is_before || byte >= KSYMS_TEXT_FIRST_TOKEN ? 0 : byte;
    }
}

void choose_tokens(void)
{
    struct choice *choice = allocate(1, sizeof(*choice));
    struct piece *joined = choice->pieces + KSYMS_TEXT_FIRST_TOKEN;
    struct code_buffer ignored = {0};

    start_choice(choice);
    while (choice->piece_count < PIECES && join_pieces(choice)) {
    }
    find_gains(choice);
    qsort(joined, choice->piece_count - KSYMS_TEXT_FIRST_TOKEN, sizeof(*joined), compare_gains);
    memset(tokens, 0, sizeof(tokens));
    for (unsigned i = 0; i < KSYMS_TEXT_TOKENS && joined[i].gain > 0; i++) {
        memcpy(tokens[i], joined[i].bytes, joined[i].length);
    }
    forget_counts(KSYMS_CODE_LINES_TEXT, KSYMS_CODES);
    for (size_t i = 0; i < all_texts.size;) {
        const char *text = (const char *)all_texts.bytes + i + 1;
        put_tokens(&ignored, text, all_texts.bytes[i]);
        code_buffer_clear(&ignored);
        i += strlen(text) + 2;
    }
    free(choice->text);
    free(choice);
    buffer_free(&ignored.bytes);
    buffer_free(&all_texts);
}

void print_tokens(void)
{
    printf("\nconst char ksyms_text_tokens[KSYMS_TEXT_TOKENS][KSYMS_TEXT_TOKEN_SIZE] = {");
    for (unsigned token = 0; token < KSYMS_TEXT_TOKENS; token++) {
        printf("%s{", token % 4 == 0 ? "\n    " : " ");
        for (size_t i = 0; i < token_length(token); i++) {
            printf("%s'%c'", i > 0 ? ", " : "", tokens[token][i]);
        }
        printf("%s},", token_length(token) == 0 ? "0" : "");
    }
    printf("\n};\n");
}
