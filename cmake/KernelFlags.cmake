# SPDX-License-Identifier: MIT
#
# How code that runs in the kernel is compiled: each flag with its reason.

set(ONOMA_KERNEL_FLAGS
    -ffreestanding                  # there is no C library behind it
    -mcmodel=kernel                 # it runs in the top 2 GiB
    -fno-pic                        # ... at a fixed address
    -mno-red-zone                   # interrupts write below rsp
    -mgeneral-regs-only             # the entry code saves no vector registers
    -fomit-frame-pointer            # the stack walk goes by tables: src/kernel/panic/walk.c
    -fno-schedule-insns2            # processors reorder by themselves; in order, LINES is 11 % smaller
    -fno-optimize-sibling-calls     # a tail call would hide its caller from a trace
    -fcf-protection=none            # no shadow stack here
    -fno-asynchronous-unwind-tables # what the tables are made of goes to .debug_frame: not loaded
    -fno-stack-protector            # it needs a canary in TLS
    -fno-common                     # two definitions of one object are an error
    -fno-strict-aliasing            # memory is what we say it is
    -fno-delete-null-pointer-checks # address 0 is an address
    -fno-tree-loop-distribute-patterns # memcpy's own loop must not become a call of memcpy
    -g                              # DWARF for gdb; costs the running image nothing
    -Wall -Wextra -Wshadow -Wvla -Werror)

set(ONOMA_KERNEL_C_FLAGS -std=gnu11 -Wmissing-prototypes -Wstrict-prototypes)

set(ONOMA_KERNEL_CXX_FLAGS          # of modules: there is no run-time library of C++
    -std=gnu++20
    -fno-exceptions                 # nobody unwinds for them
    -fno-rtti                       # typeinfo refers to that library
    -fno-threadsafe-statics         # so do the guards of local statics
    -fno-use-cxa-atexit             # destructors go to .fini_array: they run after exit
    -Wno-missing-field-initializers) # what a designated initializer leaves out is 0, as in C

# The path of the checkout must not leak into the image.  (-ffile-prefix-map would do both, and win over
# -fmacro-prefix-map: messages would name ./src/…)
# DWARF paths are relative to the checkout, where gdb is started; of several maps the last that fits
# counts.  Make compiles in the folder of the target, Ninja in that above: DWARF says the same of both.
list(APPEND ONOMA_KERNEL_FLAGS
     -fdebug-prefix-map=${PROJECT_SOURCE_DIR}=.
     -fdebug-prefix-map=${PROJECT_BINARY_DIR}=.
     -fdebug-prefix-map=$<TARGET_PROPERTY:BINARY_DIR>=.
     -fmacro-prefix-map=${PROJECT_SOURCE_DIR}/=)

if(ONOMA_KERNEL_DEBUG)
    # UBSan without a run-time library: undefined behaviour meets ud2, which is an Oops with names.
    list(APPEND ONOMA_KERNEL_FLAGS -Og -fsanitize=undefined -fsanitize-undefined-trap-on-error
         -fno-sanitize=alignment)
else()
    list(APPEND ONOMA_KERNEL_FLAGS -O2)
endif()

# Flags, definitions and include folders for everything that runs in the kernel.
add_library(onoma_kernel_flags INTERFACE)
target_compile_options(onoma_kernel_flags INTERFACE ${ONOMA_KERNEL_FLAGS}
    $<$<COMPILE_LANGUAGE:C>:${ONOMA_KERNEL_C_FLAGS}>
    $<$<COMPILE_LANGUAGE:CXX>:${ONOMA_KERNEL_CXX_FLAGS}>)
target_compile_definitions(onoma_kernel_flags INTERFACE ONOMA_VERSION="${PROJECT_VERSION}")
target_include_directories(onoma_kernel_flags INTERFACE ${PROJECT_SOURCE_DIR}/src/kernel/include)

# What every module of this kernel is compiled with.
add_library(onoma_module_flags INTERFACE)
target_link_libraries(onoma_module_flags INTERFACE onoma_kernel_flags)
target_sources(onoma_module_flags INTERFACE ${PROJECT_SOURCE_DIR}/modules/vermagic.c)
target_include_directories(onoma_module_flags INTERFACE ${PROJECT_SOURCE_DIR}/modules)
target_compile_definitions(onoma_module_flags INTERFACE
    MODULE KBUILD_MODNAME="$<TARGET_PROPERTY:KSYMS_NAME>")

# Traces have lines, and go by rows for each instruction: without frame pointers nothing else would do.
# Exports have the types that modules were built with.
set(ONOMA_TRACE LINES UNWIND REQUIRE_ALL TYPES)
set(KSYMS_MODULE_DEFAULTS ${ONOMA_TRACE} LIBRARIES onoma_module_flags)

# onoma_add_assembly(OUT FILE.nasm...): assemble, and put the objects' paths into OUT.
#
# By hand and not as a language of CMake: NASM writes the name of its input, as it was given, into
# the object, so it must run in the source folder.
function(onoma_add_assembly out)
    set(objects)
    foreach(source IN LISTS ARGN)
        get_filename_component(name ${source} NAME)
        get_filename_component(directory ${source} DIRECTORY)
        get_filename_component(directory ${directory} ABSOLUTE)
        set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
        add_custom_command(
            OUTPUT ${object}
            COMMAND ${ONOMA_NASM} -f elf64 -Werror -o ${object} ${name}
            COMMAND ${KSYMS_OBJCOPY} --discard-locals ${object} # names that macros made
            WORKING_DIRECTORY ${directory}
            DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${source} ${directory}/unwind.inc
            COMMENT "Assembling ${name}"
            VERBATIM)
        list(APPEND objects ${object})
    endforeach()
    set(${out} ${objects} PARENT_SCOPE)
endfunction()

# onoma_add_font(OUT): the console font of Debian's package as an object with console_font_start and
# console_font_end.
function(onoma_add_font out)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/console_font.o)
    add_custom_command(
        OUTPUT ${object}
        COMMAND sh -c "gzip -dc \"$1\" > console_font" sh ${ONOMA_CONSOLE_FONT}
        COMMAND ${KSYMS_OBJCOPY} -I binary -O elf64-x86-64 -B i386:x86-64
                --rename-section .data=.rodata.font,alloc,load,readonly,data,contents
                --redefine-sym _binary_console_font_start=console_font_start
                --redefine-sym _binary_console_font_end=console_font_end
                --strip-symbol _binary_console_font_size console_font console_font.o
        DEPENDS ${ONOMA_CONSOLE_FONT}
        WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}
        COMMENT "Embedding the console font"
        VERBATIM)
    set(${out} ${object} PARENT_SCOPE)
endfunction()
