// SPDX-License-Identifier: MIT
/* build_id.c: reads the image's own build id note: {u32 namesz, descsz, type} "GNU\0" id. */
#include <stdint.h>
#include "onoma/string.h"
#include "version.h"

#define NOTE_HEADER_SIZE 16 /* with the name "GNU\0" */
#define BUILD_ID_MAX     32

extern const char __build_id_note_start[], __build_id_note_end[]; /* kernel.lds */

const char *kernel_build_id(void)
{
    static char text[2 * BUILD_ID_MAX + 1];
    uint32_t length;

    if (text[0] || __build_id_note_end - __build_id_note_start < NOTE_HEADER_SIZE) {
        return text;
    }
    memcpy(&length, __build_id_note_start + 4, sizeof(length));
    for (uint32_t i = 0; i < length && i < BUILD_ID_MAX; i++) {
        snprintf(text + 2 * i, 3, "%02x",
                 (unsigned char)__build_id_note_start[NOTE_HEADER_SIZE + i]);
    }
    return text;
}
