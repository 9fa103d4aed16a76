// SPDX-License-Identifier: MIT
/* language.h: the kit is C11; its headers are C++11 as well. */
#ifndef KSYMS_LANGUAGE_H
#define KSYMS_LANGUAGE_H

#ifdef __cplusplus
#define KSYMS_ASSERT(condition, text) static_assert(condition, text)
#define KSYMS_BEGIN_C                 extern "C" {
#define KSYMS_END_C                   }
#else
#define KSYMS_ASSERT(condition, text) _Static_assert(condition, text)
#define KSYMS_BEGIN_C
#define KSYMS_END_C
#endif

#endif
