#!/bin/bash -e
# Begins the stage of pi-gen with the file system of the stage before it.

if [ ! -d "${ROOTFS_DIR}" ]; then copy_previous; fi
