# cmake -DROOT=<hesse> -P umbrella_headers.cmake: <hesse/hesse.hpp> and the headers beside it, for what only they need, reach
# every public header.
cmake_minimum_required(VERSION 3.24)
file(GLOB_RECURSE missing RELATIVE ${ROOT} ${ROOT}/autodiff/include/*.hpp ${ROOT}/optim/include/*.hpp)
list(TRANSFORM missing REPLACE "^(autodiff|optim)/include/" "")

set(queue hesse/hesse.hpp hesse/higher_order.hpp hesse/fixed_size.hpp hesse/degenerate_point.hpp
    hesse/models.hpp hesse/pictures.hpp hesse/stochastic.hpp)
while(queue)
    list(POP_FRONT queue header)
    if(header IN_LIST missing)
        list(REMOVE_ITEM missing ${header})
        find_file(path ${header} PATHS ${ROOT}/autodiff/include ${ROOT}/optim/include NO_DEFAULT_PATH NO_CACHE)
        file(STRINGS ${path} includes REGEX "^#include \"hesse/")
        unset(path)
        list(TRANSFORM includes REPLACE "#include \"(.*)\".*" "\\1")
        list(APPEND queue ${includes})
    endif()
endwhile()

if(missing)
    list(JOIN missing "\n  " lines)
    message(FATAL_ERROR "hesse/hesse.hpp and the headers beside it do not reach:\n  ${lines}")
endif()
