/* Preloaded into a process: its wall clock is off by as many seconds as stand in the file that KIMDONG_BENCH_CLOCK names.
   What counts the time that passes (CLOCK_MONOTONIC, CLOCK_BOOTTIME) is left alone, as where somebody sets the clock;
   libfaketime 0.9.10 cannot leave it alone without breaking Python's sleep. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long off(void) {
    const char *path = getenv("KIMDONG_BENCH_CLOCK");
    FILE *file = path ? fopen(path, "r") : NULL;
    long seconds = 0;
    if (file) {
        if (fscanf(file, "%ld", &seconds) != 1) seconds = 0;
        fclose(file);
    }
    return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *told) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, told);
    if (!result && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) told->tv_sec += off();
    return result;
}

int gettimeofday(struct timeval *restrict told, void *restrict zone) {
    static int (*real)(struct timeval *restrict, void *restrict);
    if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(told, zone);
    if (!result && told) told->tv_sec += off();
    return result;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}
