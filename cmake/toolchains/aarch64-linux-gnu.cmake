# Cross-compiles for 64-bit Arm Linux with the distribution's compiler; qemu-user runs the results
# where it is found.
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
find_program(SLUICE_QEMU_AARCH64 qemu-aarch64)
if(SLUICE_QEMU_AARCH64)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${SLUICE_QEMU_AARCH64} -L /usr/aarch64-linux-gnu)
endif()
