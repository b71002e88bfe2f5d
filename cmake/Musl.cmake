# gantry_tiny_program(<name>): cmd/<name>/*.cpp against musl's libc.a, without exceptions and without libstdc++'s
# archive. Such a program starts in 75 µs, where a static glibc program takes 600, and has a few pages resident.
# Only the headers of libstdc++ that need no library may be used (span, string_view, array, optional).
# libstdc++'s headers were configured for glibc and ask for its version: musl answers that it is older than any.
# The sanitizers leave these programs alone: they would drag glibc into the container.
find_program(GANTRY_GXX NAMES g++-12 g++ REQUIRED)
set(GANTRY_MUSL_INCLUDE /usr/include/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-musl)
set(GANTRY_MUSL_LIB /usr/lib/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-musl)
set(GANTRY_KERNEL_INCLUDE /usr/include/${CMAKE_HOST_SYSTEM_PROCESSOR}-linux-gnu)
execute_process(COMMAND ${GANTRY_GXX} -print-file-name=include OUTPUT_VARIABLE GANTRY_GCC_INCLUDE
                OUTPUT_STRIP_TRAILING_WHITESPACE)

function(gantry_tiny_program name)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmd/${name}/*.cpp)
  file(GLOB headers CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/cmd/${name}/*.hpp ${CMAKE_SOURCE_DIR}/src/wire/*.hpp
       ${CMAKE_SOURCE_DIR}/src/tiny/*.hpp)
  set(output ${CMAKE_BINARY_DIR}/bin/${name})
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${GANTRY_GXX} -std=c++23 -O2 -Wall -Wextra -Werror -Wno-missing-field-initializers
            -fno-exceptions -fno-rtti -fno-asynchronous-unwind-tables -fno-threadsafe-statics -fno-stack-protector
            -fno-pie -ffunction-sections -fdata-sections -D_GNU_SOURCE
            "-D__GLIBC_PREREQ(major,minor)=0" -DGANTRY_VERSION="${PROJECT_VERSION}"
            -nostdinc -nostdinc++ -isystem /usr/include/c++/12 -isystem ${GANTRY_KERNEL_INCLUDE}/c++/12
            -isystem ${GANTRY_MUSL_INCLUDE} -isystem ${GANTRY_GCC_INCLUDE}
            -idirafter ${GANTRY_KERNEL_INCLUDE} -idirafter /usr/include -I ${CMAKE_SOURCE_DIR}/src
            ${sources} -o ${output}
            -static -no-pie -nostdlib ${GANTRY_MUSL_LIB}/crt1.o ${GANTRY_MUSL_LIB}/crti.o
            -L${GANTRY_MUSL_LIB} -Wl,--start-group -lc -lgcc -Wl,--end-group ${GANTRY_MUSL_LIB}/crtn.o
            -Wl,--gc-sections -Wl,--build-id=none -s
    DEPENDS ${sources} ${headers}
    COMMENT "Building ${name} against musl"
    VERBATIM)
  add_custom_target(${name} ALL DEPENDS ${output})
endfunction()
