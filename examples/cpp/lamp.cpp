// SPDX-License-Identifier: MIT
// lamp.cpp: a module in C++.  Its global object is a device of the kernel from the moment it is
// loaded until it goes: the constructor and the destructor say so.
#include "kernel.h"

namespace lamp
{

class Lamp : public kernel::Device
{
  public:
    Lamp() : Device("lamp")
    {
        kernel::log("lamp: constructed\n");
    }
    ~Lamp()
    {
        kernel::log("lamp: destroyed\n");
    }
    void start() override
    {
        blink<3>("blink");
    }

  private:
    template <int Times> __attribute__((noinline)) void blink(const char *what)
    {
        for (int i = 0; i < Times; i++) {
            texts.put(what);
        }
    }

    kernel::Ring<const char *, 2> texts;
};

static Lamp the_lamp;

} // namespace lamp
