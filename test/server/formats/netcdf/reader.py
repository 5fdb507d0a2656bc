# Reads netCDF files with libraries of other projects: a request a line on stdin, an answer a line on stdout, both JSON.

import base64
import json
import sys

import numpy


def numbers(values):
    return base64.b64encode(numpy.atleast_1d(numpy.asarray(values)).astype('<f8').tobytes()).decode()


def attribute(value):
    if isinstance(value, bytes):
        value = value.decode('utf-8')
    if isinstance(value, str):
        return {'text': value}
    array = numpy.atleast_1d(numpy.asarray(value))
    return {'type': array.dtype.kind + str(array.dtype.itemsize), 'numbers': numbers(array)}


def variable(dtype, dimensions, attributes, data):
    dtype = numpy.dtype(dtype)
    if dtype.kind == 'S':
        content = {'text': numpy.asarray(data).tobytes().decode('utf-8')}
    else:
        content = {'numbers': numbers(data)}
    kind = 'S1' if dtype.kind == 'S' else dtype.kind + str(dtype.itemsize)
    return {'type': kind, 'dimensions': list(dimensions), 'attributes': attributes, **content}


def with_netcdf4(path):
    import netCDF4

    with netCDF4.Dataset(path) as file:
        file.set_auto_maskandscale(False)
        file.set_auto_chartostring(False)
        own = lambda item: {name: attribute(item.getncattr(name)) for name in item.ncattrs()}
        return {
            'format': file.data_model,
            'dimensions': {name: -1 if d.isunlimited() else len(d) for name, d in file.dimensions.items()},
            'attributes': own(file),
            'variables': {
                name: variable(v.dtype, v.dimensions, own(v), v[...]) for name, v in file.variables.items()
            },
        }


def with_scipy(path):
    from scipy.io import netcdf_file

    # It takes the bytes of names for Latin-1.
    named = lambda name: name.encode('latin-1').decode('utf-8')
    with netcdf_file(path, mmap=False) as file:
        own = lambda item: {named(name): attribute(value) for name, value in item._attributes.items()}
        return {
            'format': {1: 'NETCDF3_CLASSIC', 2: 'NETCDF3_64BIT_OFFSET'}[file.version_byte],
            'dimensions': {name: -1 if d is None else d for name, d in file.dimensions.items()},
            'attributes': own(file),
            'variables': {
                named(name): variable(v.data.dtype, v.dimensions, own(v), v[...] if v.shape else v.getValue())
                for name, v in file.variables.items()
            },
        }


READERS = {'netCDF4': with_netcdf4, 'scipy': with_scipy}

for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = READERS[request['library']](request['path'])
    except Exception as error:
        answer = {'error': repr(error)}
    print(json.dumps(answer), flush=True)
