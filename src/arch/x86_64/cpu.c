// SPDX-License-Identifier: MIT
/* cpu.c: the processor's protections, and a random number.  Source: Intel SDM volumes 2 and 3. */
#include "cpu.h"
#include "onoma/printk.h"

#define LEAF1_EDX_MCE    (1u << 7)
#define LEAF1_ECX_RDRAND (1u << 30)
#define LEAF7_EBX_SMEP   (1u << 7)
#define LEAF7_EBX_SMAP   (1u << 20)
#define LEAF7_ECX_UMIP   (1u << 2)

#define RDRAND_TRIES 10 /* SDM volume 1, 7.3.17.1 */

void arch_cpu_init(void)
{
    struct cpuid_registers features = {0};
    uint64_t cr4 = read_cr4();

    /* Without it a machine check is a shutdown, and never comes to its handler. */
    cr4 |= cpuid(1, 0).edx & LEAF1_EDX_MCE ? CR4_MCE : 0;

    if (cpuid(0, 0).eax >= 7) {
        features = cpuid(7, 0);
    }
    cr4 |= features.ebx & LEAF7_EBX_SMEP ? CR4_SMEP : 0;
    cr4 |= features.ebx & LEAF7_EBX_SMAP ? CR4_SMAP : 0;
    cr4 |= features.ecx & LEAF7_ECX_UMIP ? CR4_UMIP : 0;
    write_cr4(cr4);
    pr_info("cpu: protections in force: NX WP%s%s%s\n", cr4 & CR4_SMEP ? " SMEP" : "",
            cr4 & CR4_SMAP ? " SMAP" : "", cr4 & CR4_UMIP ? " UMIP" : "");
}

uint64_t arch_random(void)
{
    if (cpuid(1, 0).ecx & LEAF1_ECX_RDRAND) {
        for (int i = 0; i < RDRAND_TRIES; i++) {
            uint64_t value;
            bool is_valid;
            __asm__ volatile("rdrand %0" : "=r"(value), "=@ccc"(is_valid));
            if (is_valid) {
                return value;
            }
        }
    }
    return read_tsc() * 0x9e3779b97f4a7c15ull; /* spreads the few bits that differ */
}

void arch_control_registers(struct control_registers *registers)
{
    registers->cr0 = read_cr0();
    registers->cr2 = read_cr2();
    registers->cr3 = read_cr3();
    registers->cr4 = read_cr4();
    registers->efer = read_msr(MSR_EFER);
}
