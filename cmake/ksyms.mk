# SPDX-License-Identifier: MIT
#
# ksyms.mk: the kit for GNU make.  From an installed kit, or from a checkout:
#
#     include $(shell pkg-config --variable=makefile ksyms)      or /path/to/onoma/cmake/ksyms.mk
#
#     kernel.elf: kernel.lds $(OBJECTS) $(KSYMS_OBJECTS) $(KSYMS_TOOLS)
#         $(KSYMS_LINK) $@ $(KSYMS_LDFLAGS) -T kernel.lds $(OBJECTS) $(KSYMS_OBJECTS)
#     hello.ko: hello.o $(KSYMS_TOOLS)
#         $(KSYMS_LINK) $@ $(KSYMS_MODULE_LDFLAGS) hello.o
#
# Yours to set, before or behind the include:
#   CC CFLAGS          also compile the kit
#   KSYMS_BUILD        folder for the kit's objects (default: ksyms-build)
#   KSYMS_TRACE        --lines, --unwind or both: put them into the tables; needs gen_trace and -g
#   KSYMS_TYPES        yes: hashes of the types of exports, and kernel.elf.types; needs gen_types and -g
#   KSYMS_SYMBOLS      text: functions only        KSYMS_FILTER   a file: names to leave out
#   LD NM OBJCOPY READELF        the linker is `ld` or `ld.lld`, not the compiler
# Its own: KSYMS_OBJECTS, KSYMS_CPPFLAGS for your files, KSYMS_LINK, KSYMS_TOOLS, KSYMS_LDFLAGS,
# KSYMS_MODULE_LDFLAGS.
#
# An installed kit brings the host programs; in a checkout they are compiled by KSYMS_HOST_CC with
# KSYMS_HOST_CFLAGS.

ksyms_goal := $(.DEFAULT_GOAL)

KSYMS_ROOT := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))/..)
ifeq ($(wildcard $(KSYMS_ROOT)/cmake/ksyms.mk),)
$(error ksyms.mk: the folder of the kit (... $(KSYMS_ROOT)) has a space, and make cannot work with that: move it)
endif
KSYMS_BUILD ?= ksyms-build
KSYMS_HOST_CC ?= cc
KSYMS_HOST_CFLAGS ?= -O2
NM ?= nm
OBJCOPY ?= objcopy
READELF ?= readelf

KSYMS_CPPFLAGS := -I$(KSYMS_ROOT)/src/ksyms/include
KSYMS_SOURCES := $(wildcard $(KSYMS_ROOT)/src/ksyms/*.c)
KSYMS_OBJECTS = $(KSYMS_SOURCES:$(KSYMS_ROOT)/src/ksyms/%.c=$(KSYMS_BUILD)/%.o)
KSYMS_HEADERS := $(wildcard $(KSYMS_ROOT)/src/ksyms/*.h $(KSYMS_ROOT)/src/ksyms/include/ksyms/*.h)

KSYMS_LDFLAGS = -m elf_x86_64 -nostdlib -static -z max-page-size=4096 -z noexecstack
KSYMS_MODULE_LDFLAGS = -r -m elf_x86_64 -z noexecstack -T $(KSYMS_ROOT)/cmake/module.lds

ksyms_bin := $(KSYMS_ROOT)/../../bin
GEN_KSYMS ?= $(or $(wildcard $(ksyms_bin)/gen_ksyms),$(KSYMS_BUILD)/gen_ksyms)
GEN_TRACE ?= $(or $(wildcard $(ksyms_bin)/gen_trace),$(KSYMS_BUILD)/gen_trace)
GEN_TYPES ?= $(or $(wildcard $(ksyms_bin)/gen_types),$(KSYMS_BUILD)/gen_types)

KSYMS_TOOLS = $(GEN_KSYMS) $(if $(strip $(KSYMS_TRACE)),$(GEN_TRACE)) \
    $(if $(strip $(KSYMS_TYPES)),$(GEN_TYPES)) \
    $(addprefix $(KSYMS_ROOT)/cmake/,two_links.sh linker_script.txt module.lds)
KSYMS_LINK = LD='$(LD)' NM='$(NM)' OBJCOPY='$(OBJCOPY)' READELF='$(READELF)' GEN_KSYMS='$(GEN_KSYMS)' \
    KSYMS_SYMBOLS='$(KSYMS_SYMBOLS)' KSYMS_FILTER='$(KSYMS_FILTER)' \
    GEN_TRACE='$(if $(strip $(KSYMS_TRACE)),$(GEN_TRACE))' GEN_TRACE_OPTIONS='$(KSYMS_TRACE)' \
    GEN_TYPES='$(if $(strip $(KSYMS_TYPES)),$(GEN_TYPES))' \
    sh $(KSYMS_ROOT)/cmake/two_links.sh

$(KSYMS_BUILD)/%.o: $(KSYMS_ROOT)/src/ksyms/%.c $(KSYMS_HEADERS)
	@mkdir -p $(@D)
	$(CC) $(KSYMS_CPPFLAGS) $(CFLAGS) -c -o $@ $<

# Only in a checkout: an installed kit has them, and no sources of them.
ksyms_source = $(if $(wildcard $(KSYMS_ROOT)/scripts/$(1).c),,$(error $(2) needs $(1), which \
    this kit was built without: apt-get install libdw-dev libelf-dev, build and install it again))
ksyms_host = @mkdir -p $(@D); \
    $(KSYMS_HOST_CC) -std=gnu11 $(KSYMS_HOST_CFLAGS) -I$(KSYMS_ROOT)/src/ksyms $(KSYMS_CPPFLAGS) -o $@

$(KSYMS_BUILD)/gen_ksyms: $(wildcard $(KSYMS_ROOT)/scripts/gen_ksyms*.[ch]) $(KSYMS_SOURCES) $(KSYMS_HEADERS)
	$(ksyms_host) $(filter %.c,$^)
$(KSYMS_BUILD)/gen_trace: $(wildcard $(addprefix $(KSYMS_ROOT)/scripts/,gen_trace*.[ch] gen_ksyms_memory.c gen_ksyms_output.c)) \
    $(KSYMS_SOURCES) $(KSYMS_HEADERS)
	$(call ksyms_source,gen_trace,KSYMS_TRACE)
	$(ksyms_host) $(filter %.c,$^) -ldw -lelf
$(KSYMS_BUILD)/gen_types: $(wildcard $(KSYMS_ROOT)/scripts/gen_types*.[ch]) \
    $(wildcard $(addprefix $(KSYMS_ROOT)/scripts/,gen_trace.h gen_trace_blob.c gen_trace_elf.c gen_ksyms_memory.c gen_ksyms_output.c)) \
    $(KSYMS_SOURCES) $(KSYMS_HEADERS)
	$(call ksyms_source,gen_types,KSYMS_TYPES)
	$(ksyms_host) $(filter %.c,$^) -ldw -lelf

.DEFAULT_GOAL := $(ksyms_goal)
