// SPDX-License-Identifier: MIT
/*
 * ring.cpp: a module in C++: a namespace, a class template, a lambda, an object that is constructed
 * before init and destroyed after exit.
 *
 *     ring 1 2 3 4       puts numbers into a ring of the last four, and prints what is in it
 *     ring crash         reads from a ring that is not there: the names in the trace are C++'s
 *
 * Of the language's run-time library there is nothing: no exceptions, no RTTI, no operator new
 * (KernelFlags.cmake).
 */
#include <onoma/module.h>

namespace ring
{

/* The last so many of the elements that were put in. */
template <typename Element, unsigned capacity> class Ring
{
  public:
    void put(const Element &element)
    {
        elements[count++ % capacity] = element;
    }

    __noinline const Element &at(unsigned index) const
    {
        return elements[(first() + index) % capacity];
    }

    unsigned size() const
    {
        return count < capacity ? count : capacity;
    }

    template <typename Function> void for_each(Function function) const
    {
        for (unsigned index = 0; index < size(); index++) {
            function(at(index));
        }
    }

  private:
    unsigned first() const
    {
        return count - size();
    }

    unsigned count = 0;
    Element elements[capacity] = {};
};

/* How often the command has run, told at the end. */
class Counter
{
  public:
    Counter() : runs(1000)
    {
        pr_info("constructed\n");
    }

    ~Counter()
    {
        pr_info("destroyed after %u runs\n", runs - 1000);
    }

    Counter &operator++()
    {
        ++runs;
        return *this;
    }

  private:
    unsigned runs; /* beginning with 1000: seen to be wrong if nobody constructs */
};

static Counter counter;

using Numbers = Ring<uint64_t, 4>;

/* An address of which the compiler knows nothing: it would drop the fault. */
static const Numbers *nowhere()
{
    const Numbers *numbers = nullptr;
    __asm__("" : "+r"(numbers));
    return numbers;
}

__noinline static uint64_t sum_of(const Numbers &numbers)
{
    uint64_t sum = 0;
    numbers.for_each([&sum](const uint64_t &number) { sum += number; });
    return sum;
}

static int print_last(int argc, char **argv)
{
    Numbers numbers;

    for (int i = 1; i < argc; i++) {
        uint64_t number;
        if (!parse_unsigned(argv[i], &number)) {
            console_printf("ring: %s: not a number\n", argv[i]);
            return -EINVAL;
        }
        numbers.put(number);
    }
    numbers.for_each([](const uint64_t &number) { console_printf("%lu ", number); });
    console_printf("= %lu\n", sum_of(numbers));
    return 0;
}

static int run(int argc, char **argv)
{
    ++counter;
    if (argc == 2 && strcmp(argv[1], "crash") == 0) {
        return (int)nowhere()->at(1);
    }
    return print_last(argc, argv);
}

} // namespace ring

static struct command ring_command = {
    .name = "ring",
    .usage = "ring NUMBER... | crash",
    .summary = "the last four of some numbers, by a module in C++",
    .run = ring::run,
};

static int __init ring_init()
{
    return command_register(&ring_command);
}

static void __exit ring_exit()
{
    command_unregister(&ring_command);
}

module_init(ring_init);
module_exit(ring_exit);
MODULE_LICENSE("MIT");
MODULE_AUTHOR("The Onoma authors");
MODULE_DESCRIPTION("A module in C++");
