// SPDX-License-Identifier: MIT
/* commands_threads.c: who runs here, and where each is. */
#include "onoma/command.h"
#include "onoma/compiler.h"
#include "onoma/errno.h"
#include "onoma/printk.h"
#include "onoma/string.h"
#include "panic/trace.h"
#include "shell/commands.h"
#include "thread/thread.h"

/* As `ps -eo pid,s,comm` of Linux, which has the names of kernel threads in brackets as well. */
static int run_ps(int argc, char **argv)
{
    const struct task_struct *task = task_first();

    (void)argv;
    if (argc != 1) {
        return -EINVAL;
    }
    console_printf("    PID S COMMAND\n");
    do {
        const char *format = task == task_first() ? "%7u %c %s\n" : "%7u %c [%s]\n";
        console_printf(format, task->pid, task->state, task->name);
        task = task->next;
    } while (task != task_first());
    return 0;
}

/* By its PID or its name; null if there is none. */
static const struct task_struct *find_task(const char *text)
{
    const struct task_struct *task = task_first();
    uint64_t pid;
    bool is_number = parse_unsigned(text, &pid);

    do {
        if (is_number ? task->pid == pid : strcmp(task->name, text) == 0) {
            return task;
        }
        task = task->next;
    } while (task != task_first());
    return NULL;
}

static void print_sleeping(const struct task_struct *task)
{
    struct trap_frame frame;
    struct stack_walk walk;

    printk(KERN_EMERG "task:%-15s state:%c pid:%u\n", task->name, task->state, task->pid);
    task_frame(task, &frame);
    walk_start(&walk, &frame, false);
    trace_print(KERN_EMERG, &walk, true);
}

/* A style given holds from then on, for an Oops too. */
static int run_backtrace(int argc, char **argv)
{
    const struct task_struct *task = task_current();
    struct trap_frame frame;
    struct stack_walk walk;

    for (int i = 1; i < argc; i++) {
        if (trace_set_style(argv[i])) {
            continue;
        }
        task = find_task(argv[i]);
        if (!task || i != argc - 1) {
            console_printf(
                "backtrace: %s: no thread of that PID or name (ps lists them), and no style\n",
                argv[i]);
            return -EINVAL;
        }
    }
    if (task != task_current()) {
        print_sleeping(task);
        return 0;
    }
    arch_capture_frame(&frame);
    walk_start(&walk, &frame, false);
    trace_print(KERN_EMERG, &walk, true);
    return 0;
}

static struct command commands[] = {
    {.name = "ps", .usage = "ps", .summary = "the threads, and what each does", .run = run_ps},
    {.name = "backtrace",
     .usage = "backtrace [full | names | raw | markup] [PID]",
     .summary =
         "the call trace of this command, or of a thread (PID or name); a style stays for all "
         "later traces",
     .run = run_backtrace,
     .argument = ARGUMENT_TRACE},
};

void commands_register_threads(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        command_register(&commands[i]);
    }
}
