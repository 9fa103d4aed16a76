// SPDX-License-Identifier: MIT
// kernel.h: what modules of this kernel may use: functions, and classes with their methods.
#ifndef KERNEL_H
#define KERNEL_H

#include <stdint.h>

namespace kernel
{

void log(const char *text);
void trace();

// A ring of N values; the same template in the kernel and in a module.
template <typename T, unsigned N> class Ring
{
  public:
    __attribute__((noinline)) void put(T value)
    {
        if (count == N) {
            log("the ring is full\n");
            trace();
            count = 0;
        }
        values[count++] = value;
    }

  private:
    T values[N] = {};
    unsigned count = 0;
};

// A device, of which the kernel keeps a list.
class Device
{
  public:
    explicit Device(const char *name);
    ~Device();
    virtual void start() = 0;

    const char *name;
    Device *next;
};

class Bus
{
  public:
    static void start_all();
    static Device *first;
};

} // namespace kernel

#endif
