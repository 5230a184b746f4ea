/* A disk that fails when a test says so. Loaded in front of the C library (LD_PRELOAD), it answers for the calls that
 * change files below the folder DISK_FOLDER. The file DISK_FAULT says how: "read-only" (EROFS for every
 * change, as on a file system that the kernel remounted), "write-error" (EIO for every change), "flush-error" (EIO for
 * every flush), "stuck" (no read of a file is answered until the word changes); anything else, or no file, lets all pass. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

enum call { CHANGE, FLUSH, READ };

/* What the disk was told. */
static void told(char word[16]) {
    const char *path = getenv("DISK_FAULT");
    int file = path ? REAL(open)(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length = file < 0 ? 0 : read(file, word, 15);
    if (file >= 0)
        close(file);
    word[length > 0 ? length : 0] = 0;
}

/* The error that a call has to end with; 0 for none. */
static int fault(enum call call) {
    char word[16];
    for (told(word); call == READ && strcmp(word, "stuck") == 0; told(word))
        usleep(10000);
    if (call == CHANGE && strcmp(word, "read-only") == 0)
        return EROFS;
    if (call == CHANGE && strcmp(word, "write-error") == 0)
        return EIO;
    if (call == FLUSH && strcmp(word, "flush-error") == 0)
        return EIO;
    return 0;
}

static int is_concerned(const char *path) {
    const char *folder = getenv("DISK_FOLDER");
    return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int fails_at(const char *path, enum call call) {
    int error = is_concerned(path) ? fault(call) : 0;
    if (error)
        errno = error;
    return error != 0;
}

static int fails(int file, enum call call) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0)
        return 0;
    path[length] = 0;
    return fails_at(path, call);
}

ssize_t write(int file, const void *bytes, size_t count) {
    return fails(file, CHANGE) ? -1 : REAL(write)(file, bytes, count);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
    return fails(file, CHANGE) ? -1 : REAL(writev)(file, parts, count);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t at) {
    return fails(file, READ) ? -1 : REAL(pread64)(file, bytes, count, at);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    return fails(file, CHANGE) ? -1 : REAL(pwrite64)(file, bytes, count, at);
}

int ftruncate64(int file, off64_t length) {
    return fails(file, CHANGE) ? -1 : REAL(ftruncate64)(file, length);
}

int unlink(const char *path) {
    return fails_at(path, CHANGE) ? -1 : REAL(unlink)(path);
}

int fsync(int file) {
    return fails(file, FLUSH) ? -1 : REAL(fsync)(file);
}

int fdatasync(int file) {
    return fails(file, FLUSH) ? -1 : REAL(fdatasync)(file);
}

static int opened(__typeof__(&open64) real, const char *path, int flags, mode_t mode) {
    int changes = (flags & O_ACCMODE) != O_RDONLY || (flags & (O_CREAT | O_TRUNC)) != 0;
    return changes && fails_at(path, CHANGE) ? -1 : real(path, flags, mode);
}

#define OPENS(name)                              \
    int name(const char *path, int flags, ...) { \
        va_list rest;                            \
        va_start(rest, flags);                   \
        mode_t mode = va_arg(rest, mode_t);      \
        va_end(rest);                            \
        return opened(REAL(name), path, flags, mode); \
    }

OPENS(open)
OPENS(open64)
