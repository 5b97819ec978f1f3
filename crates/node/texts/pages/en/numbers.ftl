# What may be used now, in numbers.
numbers-title = My data in numbers
numbers-lead = What others may use now, counted. Only consents that are active are in it.
numbers-of = { $count ->
    [one] One active consent is counted.
   *[other] { $count } active consents are counted.
}
numbers-paused = { $count ->
    [one] One is paused and not counted.
   *[other] { $count } are paused and not counted.
}
numbers-none = There is nothing to count: nobody can use your data now. Once you give a consent, you see here what it is used for, on which legal basis, what is done with it and where it is kept.
numbers-count = Consents
numbers-purposes = What your data is used for
numbers-bases = On which legal basis
numbers-processing = What is done with which data
numbers-storage = Which data is kept where
numbers-how = A number says how many consents allow it. A consent that allows several things is counted for each of them.
