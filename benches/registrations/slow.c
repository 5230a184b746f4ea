/* A disk whose flushes take longer. Loaded in front of the C library (LD_PRELOAD), it lets every flush wait for
 * DISK_DELAY_US microseconds more, as a disk without a battery behind its cache does. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int later(int outcome) {
    const char *told = getenv("DISK_DELAY_US");
    long delay = told ? atol(told) : 0;
    struct timespec time = {delay / 1000000, delay % 1000000 * 1000};
    nanosleep(&time, NULL);
    return outcome;
}

int fsync(int file) {
    return later(REAL(fsync)(file));
}

int fdatasync(int file) {
    return later(REAL(fdatasync)(file));
}
