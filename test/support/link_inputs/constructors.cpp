// SPDX-License-Identifier: MIT
/*
 * constructors.cpp: a C++ object: .init_array, .fini_array, virtual functions and their tables,
 * templates, and a destructor that is registered.
 */
extern "C" int far_open(const char *name);
extern "C" int __cxa_atexit(void (*function)(void *), void *argument, void *handle);
extern "C" void *__dso_handle;
void *__dso_handle;

struct shape {
    virtual int area() const = 0;
    virtual int corners() const
    {
        return 0;
    }
};

struct square final : shape {
    explicit square(const char *name) : side(far_open(name)) {}
    ~square()
    {
        far_open("gone");
    }
    int area() const override
    {
        return side * side;
    }
    int corners() const override
    {
        return 4;
    }
    int side;
};

template <typename number> static number twice(number value)
{
    return value + value;
}

static square first("first");
square second("second");
int third = far_open("third");

int total(const shape &other)
{
    return twice(first.area()) + second.corners() + other.area() + twice(third);
}

__attribute__((destructor)) static void finish()
{
    far_open("finish");
}
