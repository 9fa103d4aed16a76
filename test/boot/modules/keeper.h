// SPDX-License-Identifier: MIT
#ifndef KEEPER_H
#define KEEPER_H

extern void (*kept_function)(void);

#endif
