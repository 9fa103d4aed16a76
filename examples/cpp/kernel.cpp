// SPDX-License-Identifier: MIT
//
// kernel.cpp: a kernel in C++ with named traces and modules in C++: namespaces, templates, methods
// and global objects in both.
#include "kernel.h"
#include "ksyms/demangle.h"
#include "ksyms/module.h"
#include "ksyms/trace.h"
#include "machine.h"
#include "pages.h"

extern "C" {
extern const char __ksyms_start[], __ksyms_end[]; // kernel.lds
extern const char stack_low[], stack_high[];      // boot.S
typedef void (*constructor)();
extern const constructor __init_array_start[], __init_array_end[];
void kernel_main(uint32_t magic, const void *information);
void __cxa_pure_virtual();
}

namespace
{

bool find_stack(void *, uint64_t sp, struct ksyms_stack *stack)
{
    stack->low = reinterpret_cast<uint64_t>(stack_low);
    stack->high = reinterpret_cast<uint64_t>(stack_high);
    return sp >= stack->low && sp < stack->high;
}

struct ksyms_host host;

void start_kit()
{
    host.write = write_serial;
    host.find_stack = find_stack;
    host.rows = ksyms_trace_rows;
    host.lines = ksyms_trace_lines;
    host.demangle = ksyms_demangle;
    host.allocate = pages_allocate;
    host.release = pages_release;
    host.map = pages_map;
    host.unmap = pages_unmap;
    host.protect = pages_protect;
    pages_start();
    ksyms_host_start(&host, __ksyms_start, static_cast<size_t>(__ksyms_end - __ksyms_start));
}

} // namespace

namespace kernel
{

void log(const char *text)
{
    print(text);
}

void trace()
{
    struct ksyms_frame frame;

    ksyms_frame_here(&frame);
    ksyms_trace(&host, &frame, true);
}

Device *Bus::first;

Device::Device(const char *name) : name(name), next(Bus::first)
{
    Bus::first = this;
}

// Modules go in the reverse order of coming.
Device::~Device()
{
    Bus::first = next;
}

void Bus::start_all()
{
    for (Device *device = first; device; device = device->next) {
        log(device->name);
        log(" starts\n");
        device->start();
    }
}

} // namespace kernel

namespace
{

class Clock : public kernel::Device
{
  public:
    Clock() : Device("clock")
    {
    }
    __attribute__((noinline)) void start() override
    {
        for (int tick = 0; tick < 5; tick++) {
            ticks.put(tick);
        }
    }

  private:
    kernel::Ring<int, 4> ticks;
};

Clock clock; // its constructor runs before kernel_main's body: run_constructors

void run_constructors()
{
    for (const constructor *run = __init_array_start; run < __init_array_end; run++) {
        (*run)();
    }
}

} // namespace

void __cxa_pure_virtual()
{
    kernel::log("a pure virtual function was called\n");
    kernel::trace();
    power_off();
}

void operator delete(void *, size_t) noexcept
{
}

void kernel_main(uint32_t, const void *information)
{
    static struct ksyms_module module;
    const char *name;
    size_t size;
    const void *file = loaded_file(information, &size, &name);

    start_kit();
    run_constructors();
    kernel::Bus::start_all();
    if (file && ksyms_module_load(&host, &module, name, file, size, nullptr) == KSYMS_OK) {
        kernel::Bus::start_all();
        ksyms_module_unload(&host, &module, nullptr);
        kernel::log(kernel::Bus::first == &clock ? "only the clock is left\n"
                                                 : "it left something\n");
    }
    power_off();
}
