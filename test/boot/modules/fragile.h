// SPDX-License-Identifier: MIT
#ifndef FRAGILE_H
#define FRAGILE_H

struct fragile_person {
    long born;
    int age;
};

int fragile_age(const struct fragile_person *person);

#endif
