// SPDX-License-Identifier: MIT
/*
 * plot.c: the benchmark's rows as an SVG: four panels over the number of symbols.
 *
 *     plot <results >figures.svg
 *
 * A row is `kind count length metric Linux ours ratio`, between tabs.  Colour says whose table it
 * is, the line's dashes and the dot say which names are in it.
 */
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX     512
#define WIDTH        980
#define HEIGHT       760
#define PANEL_WIDTH  390
#define PANEL_HEIGHT 255
#define LEFT         70
#define TOP          112
#define COLUMN       480 /* from one panel's left to the next one's */
#define ROW          345

struct row {
    char kind[16];
    double count;
    char metric[32];
    double values[2]; /* Linux, ours */
};

struct panel {
    const char *metric;
    const char *title;
    const char *unit;
    bool is_log;
};

struct axis {
    double low, high;
    bool is_log;
    double from, to; /* pixels */
};

static const struct panel panels[] = {
    {"bytes", "Size of the table", "bytes a symbol", false},
    {"generate", "Making the table, as object or blob", "seconds of CPU time", true},
    {"address-warm", "Address → name", "ns, caches warm", true},
    {"name-warm", "Name → address", "ns, caches warm", true},
};

static const char *const colours[2] = {"#c2571a", "#1a5fb4"};
static const char *const owners[2] = {"Linux 6.1", "Onoma"};
static const char *const kinds[2] = {"C", "C++"};
static const char *const kind_titles[2] = {"kernel's C names", "C++ names"};

static struct row rows[ROWS_MAX];
static size_t row_count;

static void read_rows(void)
{
    char line[512];

    while (row_count < ROWS_MAX && fgets(line, sizeof(line), stdin) != NULL) {
        struct row *row = &rows[row_count];
        if (sscanf(line, "%15s %lf %*s %31s %lf %lf", row->kind, &row->count, row->metric,
                   &row->values[0], &row->values[1]) == 5) {
            row_count++;
        }
    }
}

static double place(const struct axis *axis, double value)
{
    double part = axis->is_log ? log(value / axis->low) / log(axis->high / axis->low)
                               : (value - axis->low) / (axis->high - axis->low);
    return axis->from + part * (axis->to - axis->from);
}

/* 1200 -> 1,200 would be long on an axis: 1k, 10k, 1M. */
static void print_short(double value)
{
    if (value >= 1e6) {
        printf("%gM", value / 1e6);
    } else if (value >= 1e3) {
        printf("%gk", value / 1e3);
    } else {
        printf("%g", value);
    }
}

/* The greatest of 1, 2, 5, 10, 20, ... that is not above the value. */
static double step_below(double value)
{
    double decade = pow(10, floor(log10(value) + 1e-9));
    double part = value / decade * (1 + 1e-9);

    return decade * (part >= 5 ? 5 : part >= 2 ? 2 : 1);
}

static double step_after(double step)
{
    return step_below(step * 2.6);
}

/* Steps around all values, or from 0 to a round number above them. */
static struct axis value_axis(const struct panel *panel, double from, double to)
{
    struct axis axis = {.is_log = panel->is_log, .from = from, .to = to};
    double low = 1e300, high = 0;

    for (size_t i = 0; i < row_count; i++) {
        for (size_t who = 0; who < 2 && strcmp(rows[i].metric, panel->metric) == 0; who++) {
            low = fmin(low, rows[i].values[who]);
            high = fmax(high, rows[i].values[who]);
        }
    }
    axis.low = panel->is_log ? step_below(low) : 0;
    axis.high = panel->is_log ? step_after(step_below(high)) : ceil(high / 20) * 20;
    return axis;
}

static void draw_frame(const struct panel *panel, const struct axis *x, const struct axis *y)
{
    bool is_long = y->is_log && y->high / y->low > 300; /* decades only */

    printf("<text class=\"title\" x=\"%g\" y=\"%g\">%s</text>\n"
           "<text class=\"unit\" x=\"%g\" y=\"%g\">%s</text>\n",
           x->from, y->to - 28, panel->title, x->from, y->to - 11, panel->unit);
    for (double value = y->low; value <= y->high * 1.001;
         value = y->is_log ? step_after(value) : value + 20) {
        bool is_decade = fabs(log10(value) - round(log10(value))) < 1e-6;
        if (y->is_log && is_long && !is_decade) {
            continue;
        }
        double at = place(y, value);
        printf("<line class=\"grid\" x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\"/>"
               "<text class=\"tick\" text-anchor=\"end\" x=\"%g\" y=\"%.1f\">",
               x->from, x->to, at, at, x->from - 8, at + 4);
        print_short(value);
        puts("</text>");
    }
    for (double value = 1e3; value <= x->high; value *= 10) {
        double at = place(x, value);
        printf("<line class=\"axis\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%g\" y2=\"%g\"/>"
               "<text class=\"tick\" text-anchor=\"middle\" x=\"%.1f\" y=\"%g\">",
               at, at, y->from, y->from + 5, at, y->from + 19);
        print_short(value);
        puts("</text>");
    }
    printf("<line class=\"axis\" x1=\"%g\" x2=\"%g\" y1=\"%g\" y2=\"%g\"/>\n"
           "<text class=\"tick\" text-anchor=\"end\" x=\"%g\" y=\"%g\">symbols</text>\n",
           x->from, x->to, y->from, y->from, x->to, y->from + 35);
}

static void draw_dot(double x, double y, size_t who, size_t kind)
{
    printf("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.6\" stroke=\"%s\" stroke-width=\"1.8\" "
           "fill=\"%s\"/>\n",
           x, y, colours[who], kind == 0 ? colours[who] : "#ffffff");
}

static const char *dashes(size_t kind)
{
    return kind == 0 ? "none" : "6 4";
}

/* Rows of one kind come in rising order of their count. */
static void draw_series(const char *metric, size_t who, size_t kind, const struct axis *x,
                        const struct axis *y)
{
    printf("<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"2\" stroke-dasharray=\"%s\" "
           "points=\"",
           colours[who], dashes(kind));
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < row_count; i++) {
            if (strcmp(rows[i].metric, metric) == 0 && strcmp(rows[i].kind, kinds[kind]) == 0) {
                double at_x = place(x, rows[i].count), at_y = place(y, rows[i].values[who]);
                if (pass == 0) {
                    printf("%.1f,%.1f ", at_x, at_y);
                } else {
                    draw_dot(at_x, at_y, who, kind);
                }
            }
        }
        fputs(pass == 0 ? "\"/>\n" : "", stdout);
    }
}

static void draw_panel(size_t number)
{
    const struct panel *panel = &panels[number];
    double left = LEFT + (double)(number % 2) * COLUMN;
    double top = TOP + (double)(number / 2) * ROW;
    struct axis x = {700, 2.8e6, true, left, left + PANEL_WIDTH};
    struct axis y = value_axis(panel, top + PANEL_HEIGHT, top);

    draw_frame(panel, &x, &y);
    for (size_t who = 0; who < 2; who++) {
        for (size_t kind = 0; kind < 2; kind++) {
            draw_series(panel->metric, who, kind, &x, &y);
        }
    }
}

static void draw_legend(void)
{
    double x = LEFT;

    for (size_t who = 0; who < 2; who++) {
        for (size_t kind = 0; kind < 2; kind++) {
            printf("<line x1=\"%g\" x2=\"%g\" y1=\"36\" y2=\"36\" stroke=\"%s\" stroke-width=\"2\" "
                   "stroke-dasharray=\"%s\"/>\n",
                   x, x + 36, colours[who], dashes(kind));
            draw_dot(x + 18, 36, who, kind);
            printf("<text class=\"legend\" x=\"%g\" y=\"40\">%s, %s</text>\n", x + 44, owners[who],
                   kind_titles[kind]);
            x += 235;
        }
    }
}

int main(void)
{
    read_rows();
    if (row_count == 0) {
        fputs("plot: no rows\n", stderr);
        return 1;
    }
    printf("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
           "viewBox=\"0 0 %d %d\" font-family=\"Helvetica, Arial, 'DejaVu Sans', sans-serif\">\n"
           "<style>.title{font-size:15px;font-weight:bold;fill:#1c2024}"
           ".unit,.tick{font-size:12px;fill:#5a626b}.legend{font-size:13px;fill:#1c2024}"
           ".grid{stroke:#e3e6ea}.axis{stroke:#8a929b}</style>\n"
           "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>\n",
           WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
    draw_legend();
    for (size_t number = 0; number < sizeof(panels) / sizeof(panels[0]); number++) {
        draw_panel(number);
    }
    puts("</svg>");
    return 0;
}
