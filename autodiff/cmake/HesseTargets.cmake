# Flags of our own units; they never reach a user's compiler.
add_library(hesse_build_flags INTERFACE)
target_compile_options(hesse_build_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion>
    $<$<BOOL:${HESSE_WARNINGS_AS_ERRORS}>:-Werror>
    # Precompiled headers of equal content are equal, whenever they were written.
    "$<$<CXX_COMPILER_ID:Clang,AppleClang>:SHELL:-Xclang -fno-pch-timestamp>"
    $<$<BOOL:${HESSE_NATIVE}>:-march=native>
    # GCC 12 takes the undefined operands of its own AVX-512 intrinsics for a mistake.
    $<$<AND:$<BOOL:${HESSE_NATIVE}>,$<CXX_COMPILER_ID:GNU>>:-Wno-uninitialized -Wno-maybe-uninitialized>)

# hesse_add_library(<name>): hesse_<name>, alias hesse::<name>, of every header in include/ and every source
# in src/.
function(hesse_add_library name)
    file(GLOB_RECURSE headers CONFIGURE_DEPENDS include/*.hpp)
    file(GLOB_RECURSE sources CONFIGURE_DEPENDS src/*.cpp)

    set(target hesse_${name})
    add_library(${target})
    add_library(hesse::${name} ALIAS ${target})
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${name}
        LINKER_LANGUAGE CXX
        POSITION_INDEPENDENT_CODE ON
        VERSION ${PROJECT_VERSION}
        SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
        VERIFY_INTERFACE_HEADER_SETS ON)
    target_sources(${target} PRIVATE ${sources}
        PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${headers})
    target_include_directories(${target} PRIVATE src)
    target_compile_features(${target} PUBLIC cxx_std_20)
    # Eigen's inline functions change with the vector flags while their symbols do not: in our compiled units
    # they live in a namespace of their own, so a user's code with other flags never meets them.
    target_compile_definitions(${target} PRIVATE Eigen=hesse_private_eigen)
    # value(x) and linearize(x).value() agree bit for bit only if the compiler does not fuse a product and a
    # sum in one context and leave them apart in another.
    target_compile_options(${target} PUBLIC
        $<$<CXX_COMPILER_ID:GNU,Clang,AppleClang>:-ffp-contract=off>)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:hesse_build_flags>)
    # A third of the time of most units goes into reading these.
    target_precompile_headers(${target} PRIVATE <Eigen/Core> <algorithm> <array> <cmath> <functional> <limits> <memory>
        <optional> <span> <sstream> <stdexcept> <string> <utility> <vector>)
endfunction()
